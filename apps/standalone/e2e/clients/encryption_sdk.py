"""Encrypts and decrypts by the AWS Encryption SDK for Python, between the keys and messages named by the environment."""

import base64
import os

import aws_encryption_sdk
from aws_encryption_sdk.exceptions import DecryptKeyError
from aws_encryption_sdk.identifiers import CommitmentPolicy
from aws_encryption_sdk.key_providers.kms import MRKAwareStrictAwsKmsMasterKeyProvider

from checks import check, expect, expect_equal, run

client = aws_encryption_sdk.EncryptionSDKClient(commitment_policy=CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT)
key, second, foreign = (os.environ[name] for name in ("KEY", "SECOND_KEY", "THIRD_KEY"))
CONTEXT = {"project": "workshop", "stage ✓": "e2e"}
PLAINTEXT = b"a file of more than one frame " * 1_000


def strict(*keys):
    return aws_encryption_sdk.StrictAwsKmsMasterKeyProvider(key_ids=list(keys))


def sealed(*keys):
    provider = strict(*keys)
    return client.encrypt(source=PLAINTEXT, key_provider=provider, encryption_context=CONTEXT, frame_length=1024)[0]


def opens(message, provider):
    plaintext, header = client.decrypt(source=message, key_provider=provider)
    expect_equal(plaintext, PLAINTEXT)
    expect(CONTEXT.items() <= header.encryption_context.items(), header.encryption_context)


@check
def each_of_two_keys_opens_a_message():
    message = sealed(key, second)
    for one in (key, second):
        opens(message, strict(one))


@check
def a_key_is_found_from_the_message():
    opens(sealed(key), aws_encryption_sdk.DiscoveryAwsKmsMasterKeyProvider())


@check
def another_key_does_not_open_it():
    try:
        client.decrypt(source=sealed(key), key_provider=strict(foreign))
    except DecryptKeyError:
        return
    raise AssertionError("it was opened")


@check
def a_message_of_the_sdk_for_javascript_opens():
    opens(base64.b64decode(os.environ["MESSAGE"]), strict(key))


@check
def a_replica_opens_what_its_primary_sealed():
    primary, replica = os.environ["PRIMARY"], os.environ["REPLICA"]
    writer = MRKAwareStrictAwsKmsMasterKeyProvider(key_ids=[primary])
    message, _ = client.encrypt(source=PLAINTEXT, key_provider=writer, encryption_context=CONTEXT)
    opens(message, MRKAwareStrictAwsKmsMasterKeyProvider(key_ids=[replica]))


run()
