"""What a principal can really do, one package a cloud."""
