# A weak AI estate on purpose: what the provider can create against moto 5.2.5 and read back. What it cannot (domain,
# jobs, agents, knowledge base, collection, custom model) is added by tests/beds/aws_estate.py.

# --- where it runs
resource "aws_vpc" "ml" {
  cidr_block = "10.20.0.0/16"
  tags       = { Name = "ml-vpc", env = "prod" }
}
resource "aws_internet_gateway" "out" { vpc_id = aws_vpc.ml.id }
resource "aws_subnet" "public" {
  vpc_id                  = aws_vpc.ml.id
  cidr_block              = "10.20.1.0/24"
  map_public_ip_on_launch = true
}
resource "aws_subnet" "private" {
  vpc_id     = aws_vpc.ml.id
  cidr_block = "10.20.2.0/24"
}
resource "aws_route_table" "public" {
  vpc_id = aws_vpc.ml.id
  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.out.id
  }
}
resource "aws_route_table_association" "public" {
  subnet_id      = aws_subnet.public.id
  route_table_id = aws_route_table.public.id
}
resource "aws_security_group" "open" {
  name   = "nb-open"
  vpc_id = aws_vpc.ml.id
  ingress {
    from_port   = 443
    to_port     = 443
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }
}
resource "aws_vpc_endpoint" "bedrock" {
  vpc_id             = aws_vpc.ml.id
  service_name       = "com.amazonaws.us-east-1.bedrock-runtime"
  vpc_endpoint_type  = "Interface"
  subnet_ids         = [aws_subnet.private.id]
  security_group_ids = [aws_security_group.open.id]
}

# --- data and its key
resource "aws_kms_key" "data" {
  description         = "training data"
  enable_key_rotation = true
}
resource "aws_kms_alias" "data" {
  name          = "alias/train"
  target_key_id = aws_kms_key.data.id
}
resource "aws_s3_bucket" "train" {
  bucket = "acme-train-data"
  tags   = { classification = "pii" }
}
resource "aws_s3_bucket_server_side_encryption_configuration" "train" {
  bucket = aws_s3_bucket.train.id
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.data.arn
    }
  }
}
resource "aws_s3_bucket_public_access_block" "train" {
  bucket              = aws_s3_bucket.train.id
  block_public_policy = false
}
resource "aws_s3_bucket_policy" "train" {
  bucket = aws_s3_bucket.train.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect = "Allow", Principal = "*", Action = "s3:GetObject", Resource = "${aws_s3_bucket.train.arn}/*"
    }]
  })
}
resource "aws_s3_bucket_versioning" "train" {
  bucket = aws_s3_bucket.train.id
  versioning_configuration { status = "Enabled" }
}
resource "aws_dynamodb_table" "features" {
  name         = "features"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"
  attribute {
    name = "id"
    type = "S"
  }
}
resource "aws_secretsmanager_secret" "api" { name = "third-party-llm-key" }
resource "aws_cloudwatch_log_group" "invocations" { name = "/bedrock/invocations" }
resource "aws_ecr_repository" "inference" { name = "inference" }

# --- who may do what
resource "aws_iam_role" "ml" {
  name = "SageMakerExec"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = ["sagemaker.amazonaws.com", "bedrock.amazonaws.com", "lambda.amazonaws.com"] }
    }]
  })
}
resource "aws_iam_role_policy" "ml" {
  name = "too-wide"
  role = aws_iam_role.ml.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["s3:*", "iam:PassRole"], Resource = "*" }]
  })
}
resource "aws_iam_role_policy_attachment" "ml" {
  role       = aws_iam_role.ml.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonSageMakerFullAccess"
}
resource "aws_iam_user" "scientist" { name = "data-scientist" }
resource "aws_iam_access_key" "scientist" { user = aws_iam_user.scientist.name }
resource "aws_iam_user_policy" "scientist" {
  name = "pass"
  user = aws_iam_user.scientist.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["sagemaker:CreateNotebookInstance", "iam:PassRole"]
      Resource = "*"
    }]
  })
}

# --- a tool that anybody may call
resource "aws_lambda_function" "tool" {
  function_name = "agent-tool"
  role          = aws_iam_role.ml.arn
  handler       = "i.h"
  runtime       = "python3.12"
  filename      = var.code
}
resource "aws_lambda_function_url" "tool" {
  function_name      = aws_lambda_function.tool.function_name
  authorization_type = "NONE"
}
resource "aws_lambda_permission" "tool" {
  statement_id  = "bedrock"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.tool.function_name
  principal     = "bedrock.amazonaws.com"
}

# --- models, and where they are built and served
resource "aws_sagemaker_notebook_instance" "nb" {
  name                   = "nb1"
  role_arn               = aws_iam_role.ml.arn
  instance_type          = "ml.t3.medium"
  subnet_id              = aws_subnet.public.id
  security_groups        = [aws_security_group.open.id]
  direct_internet_access = "Enabled"
  root_access            = "Enabled"
}
resource "aws_sagemaker_model" "fraud" {
  name               = "fraud-model"
  execution_role_arn = aws_iam_role.ml.arn
  primary_container {
    image          = "${aws_ecr_repository.inference.repository_url}:latest"
    model_data_url = "s3://${aws_s3_bucket.train.bucket}/m.tgz"
  }
  vpc_config {
    subnets            = [aws_subnet.private.id]
    security_group_ids = [aws_security_group.open.id]
  }
}
resource "aws_sagemaker_endpoint_configuration" "fraud" {
  name        = "fraud-ec"
  kms_key_arn = aws_kms_key.data.arn
  production_variants {
    variant_name           = "v1"
    model_name             = aws_sagemaker_model.fraud.name
    initial_instance_count = 1
    instance_type          = "ml.m5.large"
  }
  data_capture_config {
    enable_capture              = true
    initial_sampling_percentage = 100
    destination_s3_uri          = "s3://${aws_s3_bucket.train.bucket}/capture"
    capture_options { capture_mode = "Input" }
  }
}
resource "aws_sagemaker_endpoint" "fraud" {
  name                 = "fraud-ep"
  endpoint_config_name = aws_sagemaker_endpoint_configuration.fraud.name
}
resource "aws_sagemaker_model_package_group" "fraud" { model_package_group_name = "fraud" }
resource "aws_sagemaker_pipeline" "train" {
  pipeline_name         = "pipe"
  pipeline_display_name = "pipe"
  role_arn              = aws_iam_role.ml.arn
  pipeline_definition = jsonencode({
    Version = "2020-12-01"
    Steps   = [{ Name = "x", Type = "Fail", Arguments = { ErrorMessage = "x" } }]
  })
}
resource "aws_bedrock_model_invocation_logging_configuration" "all" {
  logging_config {
    embedding_data_delivery_enabled = true
    cloudwatch_config {
      log_group_name = aws_cloudwatch_log_group.invocations.name
      role_arn       = aws_iam_role.ml.arn
    }
  }
}
resource "aws_cloudtrail" "trail" {
  name           = "trail"
  s3_bucket_name = aws_s3_bucket.train.id
}

# --- the organisation
resource "aws_organizations_organization" "acme" {
  feature_set          = "ALL"
  enabled_policy_types = ["SERVICE_CONTROL_POLICY"]
}
resource "aws_organizations_policy" "scp" {
  name       = "deny-bedrock"
  content    = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Deny", Action = "bedrock:*", Resource = "*" }] })
  depends_on = [aws_organizations_organization.acme]
}
resource "aws_organizations_policy" "rcp" {
  name = "deny-s3"
  type = "RESOURCE_CONTROL_POLICY"
  content = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Deny", Principal = "*", Action = "s3:*", Resource = "*" }]
  })
  depends_on = [aws_organizations_organization.acme]
}
