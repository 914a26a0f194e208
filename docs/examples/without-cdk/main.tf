terraform {
  required_providers {
    aws     = { source = "hashicorp/aws", version = ">= 6.0" }
    archive = { source = "hashicorp/archive", version = ">= 2.4" }
  }
}

variable "cluster_arn" { type = string }

variable "topic" {
  type    = string
  default = "orders"
}

variable "consumer_group_id" {
  type    = string
  default = "shop-orders"
}

data "aws_caller_identity" "current" {}

locals {
  region       = split(":", var.cluster_arn)[3]
  cluster_uuid = split("/", var.cluster_arn)[2]
}

resource "aws_dynamodb_table" "memory" {
  name                        = "orders-memory"
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = "id"
  deletion_protection_enabled = true

  attribute {
    name = "id"
    type = "S"
  }

  ttl {
    attribute_name = "expiration"
    enabled        = true
  }

  point_in_time_recovery {
    enabled = true
  }

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_sqs_queue" "letters" {
  name                      = "orders-letters"
  message_retention_seconds = 1209600
  max_message_size          = 1048576
  sqs_managed_sse_enabled   = true
}

resource "aws_sqs_queue_policy" "letters" {
  queue_url = aws_sqs_queue.letters.url
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Deny"
      Principal = "*"
      Action    = "sqs:*"
      Resource  = aws_sqs_queue.letters.arn
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
  })
}

resource "aws_s3_bucket" "large_letters" {
  bucket_prefix = "orders-large-letters-"
}

resource "aws_s3_bucket_public_access_block" "large_letters" {
  bucket                  = aws_s3_bucket.large_letters.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_policy" "large_letters" {
  bucket = aws_s3_bucket.large_letters.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:*"
      Resource  = [aws_s3_bucket.large_letters.arn, "${aws_s3_bucket.large_letters.arn}/*"]
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
  })
}

resource "aws_cloudwatch_log_group" "orders" {
  name              = "/aws/lambda/orders"
  retention_in_days = 30
}

resource "aws_iam_role" "orders" {
  name = "orders"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "lambda.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy" "orders" {
  role = aws_iam_role.orders.id
  policy = templatefile("${path.module}/policy.json", {
    log_group_arn = aws_cloudwatch_log_group.orders.arn
    table_arn     = aws_dynamodb_table.memory.arn
    queue_arn     = aws_sqs_queue.letters.arn
    bucket_arn    = aws_s3_bucket.large_letters.arn
    cluster_arn   = var.cluster_arn
    topic_arn     = "${replace(var.cluster_arn, ":cluster/", ":topic/")}/${var.topic}"
    group_arn     = "${replace(var.cluster_arn, ":cluster/", ":group/")}/${var.consumer_group_id}"
    region        = local.region
    account       = data.aws_caller_identity.current.account_id
  })
}

data "archive_file" "orders" {
  type        = "zip"
  source_dir  = "${path.module}/build/orders"
  output_path = "${path.module}/build/orders.zip"
}

resource "aws_lambda_function" "orders" {
  function_name    = "orders"
  filename         = data.archive_file.orders.output_path
  source_code_hash = data.archive_file.orders.output_base64sha256
  handler          = "index.handler"
  runtime          = "nodejs24.x"
  architectures    = ["arm64"]
  timeout          = 60
  memory_size      = 1024
  role             = aws_iam_role.orders.arn

  environment {
    variables = {
      NODE_OPTIONS   = "--enable-source-maps"
      MSK_ONCE_TABLE = aws_dynamodb_table.memory.name
      MSK_ONCE_MAPPINGS = jsonencode({
        orders = { consumer = var.consumer_group_id, source = local.cluster_uuid, generation = 1 }
      })
      MSK_ONCE_REMEMBER_FOR_S = "1209600"
      MSK_ONCE_DEAD_LETTERS   = "sqs:${aws_sqs_queue.letters.url},s3://${aws_s3_bucket.large_letters.id}"
    }
  }

  depends_on = [aws_cloudwatch_log_group.orders]
}

resource "aws_lambda_alias" "orders" {
  name             = "orders-partial"
  function_name    = aws_lambda_function.orders.function_name
  function_version = "$LATEST"
}

resource "aws_lambda_event_source_mapping" "orders" {
  function_name           = aws_lambda_alias.orders.arn
  event_source_arn        = var.cluster_arn
  topics                  = [var.topic]
  starting_position       = "TRIM_HORIZON"
  function_response_types = ["ReportBatchItemFailures"]

  amazon_managed_kafka_event_source_config {
    consumer_group_id = var.consumer_group_id
  }

  provisioned_poller_config {
    minimum_pollers = 1
    maximum_pollers = 4
  }

  metrics_config {
    metrics = ["EventCount", "ErrorCount", "KafkaMetrics"]
  }

  # The service tries the role when it makes the mapping.
  depends_on = [aws_iam_role_policy.orders]
}
