# Terraform's AWS provider, sent to a moto server. Applied by tests/beds/record_aws_estate.py.
terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "5.100.0"
    }
  }
}

variable "server" {
  description = "Address of the moto server"
  type        = string
}

variable "code" {
  description = "A zip with the code of the function"
  type        = string
}

provider "aws" {
  region                      = "us-east-1"
  access_key                  = "testing"
  secret_key                  = "testing"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_region_validation      = true
  s3_use_path_style           = true
  max_retries                 = 1
  endpoints {
    bedrock              = var.server
    cloudtrail           = var.server
    dynamodb             = var.server
    ec2                  = var.server
    ecr                  = var.server
    iam                  = var.server
    kms                  = var.server
    lambda               = var.server
    logs                 = var.server
    opensearchserverless = var.server
    organizations        = var.server
    s3                   = var.server
    s3control            = var.server
    sagemaker            = var.server
    secretsmanager       = var.server
    sts                  = var.server
  }
}
