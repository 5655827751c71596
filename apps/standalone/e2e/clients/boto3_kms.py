"""Drives KMS by boto3, pointed at the service by the environment alone (AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID and so on)."""

import datetime
import hashlib
import os
import time

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding

from checks import check, expect, expect_equal, run

kms = boto3.client("kms", config=Config(retries={"total_max_attempts": 1}))
errors = kms.exceptions
called = set()
kms.meta.events.register("after-call.kms", lambda http_response, model, **_: called.add(model.name))
CONTEXT = {"ü": "✓", "empty": "", "z": "1"}
ROOT = f"arn:aws:iam::{boto3.client('sts').get_caller_identity()['Account']}:root"


def create(**members):
    return kms.create_key(**members)["KeyMetadata"]


def raises(exception, call, **members):
    """The answer to a call that must raise just this exception."""
    try:
        call(**members)
    except ClientError as error:
        expect_equal(type(error), exception)
        return error.response
    raise AssertionError(f"{exception} was not raised")


@check
def life_of_a_key():
    started = datetime.datetime.now(datetime.timezone.utc)
    key = create(Description="boto3 ✓", Tags=[{"TagKey": "a", "TagValue": ""}])
    expect(abs(key["CreationDate"] - started) < datetime.timedelta(minutes=1), key["CreationDate"])
    key_id = key["KeyId"]
    kms.update_key_description(KeyId=key_id, Description="changed")
    expect_equal(kms.describe_key(KeyId=key["Arn"])["KeyMetadata"]["Description"], "changed")
    kms.disable_key(KeyId=key_id)
    answer = raises(errors.DisabledException, kms.encrypt, KeyId=key_id, Plaintext=b"x")
    expect_equal(answer["Error"]["Message"], f"{key['Arn']} is disabled.")
    expect_equal(len(answer["ResponseMetadata"]["RequestId"]), 36)
    kms.enable_key(KeyId=key_id)
    deletion = kms.schedule_key_deletion(KeyId=key_id, PendingWindowInDays=7)
    expect(deletion["DeletionDate"] > started + datetime.timedelta(days=6), deletion)
    raises(errors.KMSInvalidStateException, kms.encrypt, KeyId=key_id, Plaintext=b"x")
    expect_equal(kms.cancel_key_deletion(KeyId=key_id)["KeyId"], key["Arn"])


@check
def aliases_tags_policies_and_rotation():
    key_id = create()["KeyId"]
    name = f"alias/boto3-{key_id}"
    kms.create_alias(AliasName=name, TargetKeyId=key_id)
    raises(errors.AlreadyExistsException, kms.create_alias, AliasName=name, TargetKeyId=key_id)
    kms.update_alias(AliasName=name, TargetKeyId=create()["KeyId"])
    kms.delete_alias(AliasName=name)
    raises(errors.NotFoundException, kms.describe_key, KeyId=name)
    kms.tag_resource(KeyId=key_id, Tags=[{"TagKey": "k", "TagValue": "v"}])
    expect_equal(kms.list_resource_tags(KeyId=key_id)["Tags"], [{"TagKey": "k", "TagValue": "v"}])
    kms.untag_resource(KeyId=key_id, TagKeys=["k"])
    policy = kms.get_key_policy(KeyId=key_id, PolicyName="default")["Policy"]
    kms.put_key_policy(KeyId=key_id, PolicyName="default", Policy=policy)
    expect_equal(kms.list_key_policies(KeyId=key_id)["PolicyNames"], ["default"])
    raises(errors.MalformedPolicyDocumentException, kms.put_key_policy, KeyId=key_id, Policy="{")
    kms.enable_key_rotation(KeyId=key_id, RotationPeriodInDays=90)
    expect(kms.get_key_rotation_status(KeyId=key_id)["KeyRotationEnabled"], "rotation is not enabled")
    kms.rotate_key_on_demand(KeyId=key_id)
    expect_equal([r["RotationType"] for r in kms.list_key_rotations(KeyId=key_id)["Rotations"]], ["ON_DEMAND"])
    kms.disable_key_rotation(KeyId=key_id)


@check
def encryption_and_data_keys():
    key, other = create()["Arn"], create()["Arn"]
    sealed = kms.encrypt(KeyId=key, Plaintext=b"secret", EncryptionContext=CONTEXT)["CiphertextBlob"]
    opened = kms.decrypt(CiphertextBlob=sealed, EncryptionContext=dict(reversed(CONTEXT.items())))
    expect_equal((opened["Plaintext"], opened["KeyId"]), (b"secret", key))
    raises(errors.InvalidCiphertextException, kms.decrypt, CiphertextBlob=sealed)
    moved = kms.re_encrypt(CiphertextBlob=sealed, SourceEncryptionContext=CONTEXT, DestinationKeyId=other)
    expect_equal((moved["SourceKeyId"], moved["KeyId"]), (key, other))
    raises(errors.IncorrectKeyException, kms.decrypt, CiphertextBlob=moved["CiphertextBlob"], KeyId=key)
    data = kms.generate_data_key(KeyId=key, KeySpec="AES_256")
    expect_equal(kms.decrypt(CiphertextBlob=data["CiphertextBlob"])["Plaintext"], data["Plaintext"])
    kms.generate_data_key_without_plaintext(KeyId=key, NumberOfBytes=1024)
    pair = kms.generate_data_key_pair(KeyId=key, KeyPairSpec="ECC_NIST_P521")
    private = serialization.load_der_private_key(pair["PrivateKeyPlaintext"], None)
    expect_equal(private.public_key(), serialization.load_der_public_key(pair["PublicKey"]))
    kms.generate_data_key_pair_without_plaintext(KeyId=key, KeyPairSpec="ECC_NIST_P256")
    expect_equal(len(kms.generate_random(NumberOfBytes=1024)["Plaintext"]), 1024)
    expect_equal(kms.get_key_last_usage(KeyId=key)["KeyId"], key.split("/")[1])
    dry = raises(errors.DryRunOperationException, kms.encrypt, KeyId=key, Plaintext=b"x", DryRun=True)
    expect_equal(dry["ResponseMetadata"]["HTTPStatusCode"], 400)
    raises(errors.InvalidKeyUsageException, kms.sign, KeyId=key, Message=b"x", SigningAlgorithm="ECDSA_SHA_256")


@check
def signatures_macs_and_shared_secrets():
    elliptic = create(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyId"]
    signing = {"KeyId": elliptic, "SigningAlgorithm": "ECDSA_SHA_256"}
    digest = hashlib.sha256(b"message").digest()
    signature = kms.sign(**signing, Message=digest, MessageType="DIGEST")["Signature"]
    public = serialization.load_der_public_key(kms.get_public_key(KeyId=elliptic)["PublicKey"])
    public.verify(signature, b"message", ec.ECDSA(hashes.SHA256()))
    expect(kms.verify(**signing, Message=b"message", Signature=signature)["SignatureValid"], "not valid")
    raises(errors.KMSInvalidSignatureException, kms.verify, **signing, Message=b"other", Signature=signature)
    mac = {"KeyId": create(KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC")["KeyId"], "MacAlgorithm": "HMAC_SHA_256"}
    tag = kms.generate_mac(**mac, Message=b"message")["Mac"]
    expect(kms.verify_mac(**mac, Message=b"message", Mac=tag)["MacValid"], "not valid")
    raises(errors.KMSInvalidMacException, kms.verify_mac, **mac, Message=b"other", Mac=tag)
    agreement = create(KeySpec="ECC_NIST_P256", KeyUsage="KEY_AGREEMENT")["KeyId"]
    peer = ec.generate_private_key(ec.SECP256R1())
    spki = peer.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    derived = kms.derive_shared_secret(KeyId=agreement, KeyAgreementAlgorithm="ECDH", PublicKey=spki)["SharedSecret"]
    own = serialization.load_der_public_key(kms.get_public_key(KeyId=agreement)["PublicKey"])
    expect_equal(derived, peer.exchange(ec.ECDH(), own))
    kem = {
        "KeyId": create(KeySpec="ML_KEM_768", KeyUsage="ENCAPSULATE_DECAPSULATE")["KeyId"],
        "EncapsulationAlgorithm": "ML_KEM",
    }
    sealed = kms.encapsulate(**kem)
    opened = kms.decapsulate(**kem, SharedSecretCiphertextBlob=sealed["SharedSecretCiphertextBlob"])
    expect_equal(opened["SharedSecret"], sealed["SharedSecret"])


@check
def imported_key_material():
    key_id = create(Origin="EXTERNAL")["KeyId"]
    asked = {"WrappingAlgorithm": "RSAES_OAEP_SHA_256", "WrappingKeySpec": "RSA_2048"}
    parameters = kms.get_parameters_for_import(KeyId=key_id, **asked)
    oaep = padding.OAEP(mgf=padding.MGF1(hashes.SHA256()), algorithm=hashes.SHA256(), label=None)
    wrap = serialization.load_der_public_key(parameters["PublicKey"])
    wrapped, other = wrap.encrypt(os.urandom(32), oaep), wrap.encrypt(os.urandom(32), oaep)
    until = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0) + datetime.timedelta(days=2)
    members = {"KeyId": key_id, "ImportToken": parameters["ImportToken"], "EncryptedKeyMaterial": wrapped}
    kms.import_key_material(**members, ExpirationModel="KEY_MATERIAL_EXPIRES", ValidTo=until)
    expect_equal(kms.describe_key(KeyId=key_id)["KeyMetadata"]["ValidTo"], until)
    kms.delete_imported_key_material(KeyId=key_id)
    changed = {**members, "EncryptedKeyMaterial": other, "ExpirationModel": "KEY_MATERIAL_DOES_NOT_EXPIRE"}
    raises(errors.IncorrectKeyMaterialException, kms.import_key_material, **changed)
    members |= {"ImportToken": b"not a token", "ExpirationModel": "KEY_MATERIAL_DOES_NOT_EXPIRE"}
    raises(errors.InvalidImportTokenException, kms.import_key_material, **members)


@check
def grants():
    key_id = create()["KeyId"]
    given = {"KeyId": key_id, "GranteePrincipal": ROOT, "RetiringPrincipal": ROOT, "Operations": ["Decrypt"]}
    one, two = kms.create_grant(**given), kms.create_grant(**given, Name="two")
    retirable = kms.get_paginator("list_retirable_grants").paginate(RetiringPrincipal=ROOT).build_full_result()
    expect({one["GrantId"], two["GrantId"]} <= {grant["GrantId"] for grant in retirable["Grants"]}, retirable)
    kms.retire_grant(GrantToken=one["GrantToken"])
    kms.revoke_grant(KeyId=key_id, GrantId=two["GrantId"])
    raises(errors.NotFoundException, kms.revoke_grant, KeyId=key_id, GrantId=two["GrantId"])
    expect_equal(kms.list_grants(KeyId=key_id)["Grants"], [])


@check
def paginators():
    key_id = create()["KeyId"]
    names = [f"alias/page-{number}-{key_id}" for number in range(3)]
    for name in names:
        kms.create_alias(AliasName=name, TargetKeyId=key_id)
        kms.create_grant(KeyId=key_id, GranteePrincipal=ROOT, Operations=["Encrypt"])
        kms.tag_resource(KeyId=key_id, Tags=[{"TagKey": name.replace("/", "-"), "TagValue": ""}])
    for operation, result in {"list_aliases": "Aliases", "list_grants": "Grants", "list_resource_tags": "Tags"}.items():
        pages = list(kms.get_paginator(operation).paginate(KeyId=key_id, PaginationConfig={"PageSize": 1}))
        expect_equal([len(page[result]) for page in pages], [1, 1, 1])
    keys = kms.get_paginator("list_keys").paginate(PaginationConfig={"PageSize": 1})
    expect(key_id in keys.search("Keys[].KeyId"), "the key is not listed")
    own = kms.get_paginator("list_keys").paginate(ResourceOwners=["SELF", "OTHER_ACCOUNTS_VIA_RAM"])
    expect(key_id in own.search("Keys[].KeyId"), "the key is not listed as an own one")
    expect_equal(kms.list_keys(ResourceOwners=["OTHER_ACCOUNTS_VIA_RAM"])["Keys"], [])
    some = kms.get_paginator("list_aliases").paginate(KeyId=key_id, PaginationConfig={"MaxItems": 2})
    rest = {"StartingToken": some.build_full_result()["NextToken"]}
    last = kms.get_paginator("list_aliases").paginate(KeyId=key_id, PaginationConfig=rest).build_full_result()
    expect_equal([alias["AliasName"] for alias in last["Aliases"]], names[2:])
    raises(errors.InvalidMarkerException, kms.list_keys, Marker="bogus")


@check
def exceptions_of_names_tags_grants_and_limits():
    key_id, signing = create()["KeyId"], create(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyId"]
    raises(errors.InvalidArnException, kms.describe_key, KeyId="arn:nothing")
    raises(errors.NotFoundException, kms.describe_key, KeyId="00000000-0000-4000-8000-000000000000")
    raises(errors.InvalidGrantTokenException, kms.encrypt, KeyId=key_id, Plaintext=b"x", GrantTokens=["x"])
    raises(errors.InvalidGrantIdException, kms.revoke_grant, KeyId=key_id, GrantId="x")
    raises(errors.TagException, kms.tag_resource, KeyId=key_id, Tags=[{"TagKey": "aws:x", "TagValue": ""}])
    raises(errors.UnsupportedOperationException, kms.enable_key_rotation, KeyId=signing)
    for number in range(50):
        kms.create_alias(AliasName=f"alias/limit-{key_id}-{number}", TargetKeyId=key_id)
    over = {"AliasName": f"alias/limit-{key_id}-50", "TargetKeyId": key_id}
    raises(errors.LimitExceededException, kms.create_alias, **over)


@check
def multi_region_keys():
    key = create(MultiRegion=True)
    arn = key["Arn"].replace("us-east-1", "eu-west-1")
    replica = kms.replicate_key(KeyId=key["KeyId"], ReplicaRegion="eu-west-1")["ReplicaKeyMetadata"]
    expect_equal(replica["Arn"], arn)
    sealed = kms.encrypt(KeyId=key["KeyId"], Plaintext=b"x")["CiphertextBlob"]
    there = boto3.client("kms", region_name="eu-west-1")
    expect_equal(there.decrypt(CiphertextBlob=sealed, KeyId=arn)["KeyId"], arn)
    kms.update_primary_region(KeyId=key["KeyId"], PrimaryRegion="eu-west-1")
    configuration = there.describe_key(KeyId=arn)["KeyMetadata"]["MultiRegionConfiguration"]
    expect_equal(configuration["PrimaryKey"], {"Arn": arn, "Region": "eu-west-1"})


@check
def custom_key_stores():
    with open(os.environ["TRUST_ANCHOR"], encoding="ascii") as file:
        anchor = file.read()
    members = {"CustomKeyStoreName": "boto3", "CloudHsmClusterId": os.environ["CLUSTER"]}
    secret = {"TrustAnchorCertificate": anchor, "KeyStorePassword": os.environ["CLUSTER_PASSWORD"]}
    unknown = {**members, "CloudHsmClusterId": "cluster-zzzzzzzzzzz"}
    raises(errors.CloudHsmClusterNotFoundException, kms.create_custom_key_store, **unknown, **secret)
    wrong = {**secret, "TrustAnchorCertificate": "not one"}
    raises(errors.IncorrectTrustAnchorException, kms.create_custom_key_store, **members, **wrong)
    store = {"CustomKeyStoreId": kms.create_custom_key_store(**members, **secret)["CustomKeyStoreId"]}

    def becomes(state):
        for _ in range(300):
            found = kms.describe_custom_key_stores(**store)["CustomKeyStores"][0]
            if found["ConnectionState"] == state:
                return found
            time.sleep(0.1)
        raise AssertionError(f"{found} is not {state}")

    raises(errors.CustomKeyStoreInvalidStateException, create, Origin="AWS_CLOUDHSM", **store)
    kms.update_custom_key_store(**store, NewCustomKeyStoreName="renamed")
    kms.connect_custom_key_store(**store)
    expect_equal(becomes("CONNECTED")["CustomKeyStoreName"], "renamed")
    again = {**members, "CustomKeyStoreName": "renamed"}
    raises(errors.CustomKeyStoreNameInUseException, kms.create_custom_key_store, **again, **secret)
    raises(errors.CustomKeyStoreInvalidStateException, kms.delete_custom_key_store, **store)
    kms.disconnect_custom_key_store(**store)
    becomes("DISCONNECTED")
    kms.delete_custom_key_store(**store)
    raises(errors.CustomKeyStoreNotFoundException, kms.describe_custom_key_stores, **store)


@check
def every_operation_of_the_model_was_called():
    expect_equal(sorted(called), sorted(kms.meta.service_model.operation_names))


run()
