"""Calls more often than the request quota of CreateKey allows, and looks at how botocore's retry modes bear it."""

from concurrent.futures import ThreadPoolExecutor

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from checks import check, expect, expect_equal, run


def creates_many(mode, attempts):
    """Creates 12 keys at once, of which 5 a second are allowed. @returns how often botocore tried again"""
    kms = boto3.client("kms", config=Config(retries={"mode": mode, "total_max_attempts": attempts}, max_pool_connections=12))
    with ThreadPoolExecutor(12) as at_once:
        answers = list(at_once.map(lambda _: kms.create_key(), range(12)))
    return sum(answer["ResponseMetadata"]["RetryAttempts"] for answer in answers)


@check
def without_retries_throttling_is_raised():
    try:
        creates_many("standard", 1)
    except ClientError as error:
        expect_equal(error.response["Error"]["Code"], "ThrottlingException")
        expect(error.response["Error"]["Message"] != "", "the error has no message")
        expect_equal(error.response["ResponseMetadata"]["HTTPStatusCode"], 400)
    else:
        raise AssertionError("nothing was throttled")


@check
def legacy_mode_waits_and_gets_through():
    expect(creates_many("legacy", 12) > 0, "nothing was throttled")


@check
def standard_mode_waits_and_gets_through():
    expect(creates_many("standard", 12) > 0, "nothing was throttled")


@check
def adaptive_mode_slows_down_and_gets_through():
    expect(creates_many("adaptive", 12) > 0, "nothing was throttled")


run()
