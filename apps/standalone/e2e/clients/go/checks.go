package main

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/smithy-go"
)

func newKey(k *kms.Client, in *kms.CreateKeyInput) *types.KeyMetadata {
	return must(k.CreateKey(ctx, in)).KeyMetadata
}
func expectErr[T error](err error) T {
	var t T
	expect(err != nil, "no error where %T was expected", t)
	expect(errors.As(err, &t), "%T expected, got %v", t, err)
	return t
}

var checks = []check{
	{"key life", func(k *kms.Client) {
		before := time.Now().Add(-2 * time.Second)
		m := newKey(k, &kms.CreateKeyInput{Description: aws.String("go ✓"), Tags: []types.Tag{{TagKey: aws.String("a"), TagValue: aws.String("")}}})
		expect(m.CreationDate.After(before) && m.CreationDate.Before(time.Now().Add(2*time.Second)), "date %v", m.CreationDate)
		d := must(k.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: m.KeyId})).KeyMetadata
		expect(*d.Arn == *m.Arn && d.KeyState == types.KeyStateEnabled && *d.Description == "go ✓", "%+v", d)
		must(k.UpdateKeyDescription(ctx, &kms.UpdateKeyDescriptionInput{KeyId: m.KeyId, Description: aws.String("")}))
		must(k.DisableKey(ctx, &kms.DisableKeyInput{KeyId: m.KeyId}))
		_, err := k.Encrypt(ctx, &kms.EncryptInput{KeyId: m.KeyId, Plaintext: []byte("x")})
		expectErr[*types.DisabledException](err)
		must(k.EnableKey(ctx, &kms.EnableKeyInput{KeyId: m.KeyId}))
		s := must(k.ScheduleKeyDeletion(ctx, &kms.ScheduleKeyDeletionInput{KeyId: m.KeyId, PendingWindowInDays: aws.Int32(7)}))
		expect(s.DeletionDate.After(time.Now().Add(6*24*time.Hour)), "%v", s.DeletionDate)
		_, err = k.Encrypt(ctx, &kms.EncryptInput{KeyId: m.KeyId, Plaintext: []byte("x")})
		e := expectErr[*types.KMSInvalidStateException](err)
		expect(strings.Contains(e.ErrorMessage(), "pending deletion"), "%s", e.ErrorMessage())
		must(k.CancelKeyDeletion(ctx, &kms.CancelKeyDeletionInput{KeyId: m.KeyId}))
	}},
	{"encryption and data keys", func(k *kms.Client) {
		m := newKey(k, &kms.CreateKeyInput{})
		c := map[string]string{"a": "", "ü": "✓", "z": "1"}
		e := must(k.Encrypt(ctx, &kms.EncryptInput{KeyId: m.KeyId, Plaintext: []byte("hello"), EncryptionContext: c}))
		d := must(k.Decrypt(ctx, &kms.DecryptInput{CiphertextBlob: e.CiphertextBlob, EncryptionContext: c}))
		expect(string(d.Plaintext) == "hello" && *d.KeyId == *m.Arn, "%+v", d)
		_, err := k.Decrypt(ctx, &kms.DecryptInput{CiphertextBlob: e.CiphertextBlob})
		expectErr[*types.InvalidCiphertextException](err)
		g := must(k.GenerateDataKey(ctx, &kms.GenerateDataKeyInput{KeyId: m.Arn, KeySpec: types.DataKeySpecAes256}))
		d = must(k.Decrypt(ctx, &kms.DecryptInput{CiphertextBlob: g.CiphertextBlob, KeyId: m.Arn}))
		expect(bytes.Equal(d.Plaintext, g.Plaintext) && len(d.Plaintext) == 32, "data key")
		w := must(k.GenerateDataKeyWithoutPlaintext(ctx, &kms.GenerateDataKeyWithoutPlaintextInput{KeyId: m.Arn, NumberOfBytes: aws.Int32(1024)}))
		other := newKey(k, &kms.CreateKeyInput{})
		r := must(k.ReEncrypt(ctx, &kms.ReEncryptInput{CiphertextBlob: w.CiphertextBlob, DestinationKeyId: other.Arn}))
		expect(*r.SourceKeyId == *m.Arn && *r.KeyId == *other.Arn, "%+v", r)
		_, err = k.Decrypt(ctx, &kms.DecryptInput{CiphertextBlob: r.CiphertextBlob, KeyId: m.Arn})
		expectErr[*types.IncorrectKeyException](err)
		p := must(k.GenerateDataKeyPair(ctx, &kms.GenerateDataKeyPairInput{KeyId: m.Arn, KeyPairSpec: types.DataKeyPairSpecEccNistP256}))
		priv := must(x509.ParsePKCS8PrivateKey(p.PrivateKeyPlaintext)).(*ecdsa.PrivateKey)
		pub := must(x509.ParsePKIXPublicKey(p.PublicKey)).(*ecdsa.PublicKey)
		expect(priv.PublicKey.Equal(pub), "pair")
		rnd := must(k.GenerateRandom(ctx, &kms.GenerateRandomInput{NumberOfBytes: aws.Int32(1024)}))
		expect(len(rnd.Plaintext) == 1024, "random")
		_, err = k.Encrypt(ctx, &kms.EncryptInput{KeyId: m.KeyId, Plaintext: []byte("x"), DryRun: aws.Bool(true)})
		expectErr[*types.DryRunOperationException](err)
	}},
	{"signatures and macs", func(k *kms.Client) {
		m := newKey(k, &kms.CreateKeyInput{KeySpec: types.KeySpecEccNistP256, KeyUsage: types.KeyUsageTypeSignVerify})
		digest := sha256.Sum256([]byte("message"))
		s := must(k.Sign(ctx, &kms.SignInput{KeyId: m.KeyId, Message: digest[:], MessageType: types.MessageTypeDigest, SigningAlgorithm: types.SigningAlgorithmSpecEcdsaSha256}))
		pk := must(k.GetPublicKey(ctx, &kms.GetPublicKeyInput{KeyId: m.KeyId}))
		pub := must(x509.ParsePKIXPublicKey(pk.PublicKey)).(*ecdsa.PublicKey)
		expect(ecdsa.VerifyASN1(pub, digest[:], s.Signature), "signature")
		expect(pub.Curve == elliptic.P256(), "curve")
		must(k.Verify(ctx, &kms.VerifyInput{KeyId: m.KeyId, Message: []byte("message"), Signature: s.Signature, SigningAlgorithm: types.SigningAlgorithmSpecEcdsaSha256}))
		_, err := k.Verify(ctx, &kms.VerifyInput{KeyId: m.KeyId, Message: []byte("messagE"), Signature: s.Signature, SigningAlgorithm: types.SigningAlgorithmSpecEcdsaSha256})
		expectErr[*types.KMSInvalidSignatureException](err)
		rm := newKey(k, &kms.CreateKeyInput{KeySpec: types.KeySpecRsa2048, KeyUsage: types.KeyUsageTypeSignVerify})
		rs := must(k.Sign(ctx, &kms.SignInput{KeyId: rm.KeyId, Message: []byte("message"), SigningAlgorithm: types.SigningAlgorithmSpecRsassaPssSha256}))
		rpk := must(k.GetPublicKey(ctx, &kms.GetPublicKeyInput{KeyId: rm.KeyId}))
		must(0, rsa.VerifyPSS(must(x509.ParsePKIXPublicKey(rpk.PublicKey)).(*rsa.PublicKey), crypto.SHA256, digest[:], rs.Signature, nil))
		h := newKey(k, &kms.CreateKeyInput{KeySpec: types.KeySpecHmac256, KeyUsage: types.KeyUsageTypeGenerateVerifyMac})
		mac := must(k.GenerateMac(ctx, &kms.GenerateMacInput{KeyId: h.KeyId, Message: []byte("m"), MacAlgorithm: types.MacAlgorithmSpecHmacSha256}))
		must(k.VerifyMac(ctx, &kms.VerifyMacInput{KeyId: h.KeyId, Message: []byte("m"), Mac: mac.Mac, MacAlgorithm: types.MacAlgorithmSpecHmacSha256}))
		_, err = k.VerifyMac(ctx, &kms.VerifyMacInput{KeyId: h.KeyId, Message: []byte("n"), Mac: mac.Mac, MacAlgorithm: types.MacAlgorithmSpecHmacSha256})
		expectErr[*types.KMSInvalidMacException](err)
	}},
	{"import", func(k *kms.Client) {
		m := newKey(k, &kms.CreateKeyInput{Origin: types.OriginTypeExternal})
		p := must(k.GetParametersForImport(ctx, &kms.GetParametersForImportInput{KeyId: m.KeyId, WrappingAlgorithm: types.AlgorithmSpecRsaesOaepSha256, WrappingKeySpec: types.WrappingKeySpecRsa2048}))
		material := make([]byte, 32)
		rand.Read(material)
		wrapped := must(rsa.EncryptOAEP(sha256.New(), rand.Reader, must(x509.ParsePKIXPublicKey(p.PublicKey)).(*rsa.PublicKey), material, nil))
		until := time.Now().Add(48 * time.Hour).Truncate(time.Second)
		must(k.ImportKeyMaterial(ctx, &kms.ImportKeyMaterialInput{KeyId: m.KeyId, ImportToken: p.ImportToken, EncryptedKeyMaterial: wrapped, ExpirationModel: types.ExpirationModelTypeKeyMaterialExpires, ValidTo: &until}))
		d := must(k.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: m.KeyId})).KeyMetadata
		expect(d.ValidTo.Equal(until), "%v is not %v", d.ValidTo, until)
		must(k.DeleteImportedKeyMaterial(ctx, &kms.DeleteImportedKeyMaterialInput{KeyId: m.KeyId}))
	}},
	{"grants, aliases, tags, policies and pages", func(k *kms.Client) {
		m := newKey(k, &kms.CreateKeyInput{})
		for i := range 3 {
			g := must(k.CreateGrant(ctx, &kms.CreateGrantInput{KeyId: m.KeyId, GranteePrincipal: aws.String("arn:aws:iam::111122223333:root"), Operations: []types.GrantOperation{types.GrantOperationDecrypt}, Name: aws.String(fmt.Sprint("g", i))}))
			expect(g.GrantToken != nil, "token")
			must(k.CreateAlias(ctx, &kms.CreateAliasInput{AliasName: aws.String(fmt.Sprintf("alias/go-%s-%d", *m.KeyId, i)), TargetKeyId: m.KeyId}))
		}
		n := 0
		for p := kms.NewListGrantsPaginator(k, &kms.ListGrantsInput{KeyId: m.KeyId, Limit: aws.Int32(1)}); p.HasMorePages(); {
			for _, g := range must(p.NextPage(ctx)).Grants {
				expect(time.Since(*g.CreationDate) < time.Minute, "date")
				n++
			}
		}
		expect(n == 3, "%d grants", n)
		n = 0
		for p := kms.NewListAliasesPaginator(k, &kms.ListAliasesInput{KeyId: m.KeyId, Limit: aws.Int32(2)}); p.HasMorePages(); {
			n += len(must(p.NextPage(ctx)).Aliases)
		}
		expect(n == 3, "%d aliases", n)
		must(k.TagResource(ctx, &kms.TagResourceInput{KeyId: m.KeyId, Tags: []types.Tag{{TagKey: aws.String("k"), TagValue: aws.String("v")}}}))
		expect(len(must(k.ListResourceTags(ctx, &kms.ListResourceTagsInput{KeyId: m.KeyId})).Tags) == 1, "tags")
		must(k.UntagResource(ctx, &kms.UntagResourceInput{KeyId: m.KeyId, TagKeys: []string{"k"}}))
		pol := must(k.GetKeyPolicy(ctx, &kms.GetKeyPolicyInput{KeyId: m.KeyId}))
		must(k.PutKeyPolicy(ctx, &kms.PutKeyPolicyInput{KeyId: m.KeyId, Policy: pol.Policy}))
		_, err := k.PutKeyPolicy(ctx, &kms.PutKeyPolicyInput{KeyId: m.KeyId, Policy: aws.String("{")})
		expectErr[*types.MalformedPolicyDocumentException](err)
		must(k.EnableKeyRotation(ctx, &kms.EnableKeyRotationInput{KeyId: m.KeyId, RotationPeriodInDays: aws.Int32(90)}))
		r := must(k.GetKeyRotationStatus(ctx, &kms.GetKeyRotationStatusInput{KeyId: m.KeyId}))
		expect(r.KeyRotationEnabled && r.NextRotationDate.After(time.Now()), "%+v", r)
		must(k.RotateKeyOnDemand(ctx, &kms.RotateKeyOnDemandInput{KeyId: m.KeyId}))
		must(k.ListKeyRotations(ctx, &kms.ListKeyRotationsInput{KeyId: m.KeyId}))
	}},
	{"errors", func(k *kms.Client) {
		_, err := k.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: aws.String("alias/nothing")})
		nf := expectErr[*types.NotFoundException](err)
		expect(strings.Contains(nf.ErrorMessage(), "alias/nothing is not found"), "%s", nf.ErrorMessage())
		var re interface{ ServiceRequestID() string }
		expect(errors.As(err, &re) && len(re.ServiceRequestID()) == 36, "request id of %v", err)
		_, err = k.CreateAlias(ctx, &kms.CreateAliasInput{AliasName: aws.String("x"), TargetKeyId: aws.String("x")})
		var ae smithy.APIError
		expect(errors.As(err, &ae), "api error %v", err)
		expect(ae.ErrorCode() == "ValidationException" && ae.ErrorMessage() != "", "code %s", ae.ErrorCode())
		_, err = k.ListKeys(ctx, &kms.ListKeysInput{Marker: aws.String("bogus")})
		expectErr[*types.InvalidMarkerException](err)
	}},
	{"multi-Region", func(k *kms.Client) {
		m := newKey(k, &kms.CreateKeyInput{MultiRegion: aws.Bool(true)})
		r := must(k.ReplicateKey(ctx, &kms.ReplicateKeyInput{KeyId: m.KeyId, ReplicaRegion: aws.String("eu-west-1")}))
		e := must(k.Encrypt(ctx, &kms.EncryptInput{KeyId: m.KeyId, Plaintext: []byte("x")}))
		d := must(k.Decrypt(ctx, &kms.DecryptInput{CiphertextBlob: e.CiphertextBlob, KeyId: r.ReplicaKeyMetadata.Arn}, func(o *kms.Options) { o.Region = "eu-west-1" }))
		expect(*d.KeyId == *r.ReplicaKeyMetadata.Arn, "%s", *d.KeyId)
	}},
	{"RSA encryption of as much as fits", func(k *kms.Client) {
		m := newKey(k, &kms.CreateKeyInput{KeySpec: types.KeySpecRsa4096, KeyUsage: types.KeyUsageTypeEncryptDecrypt})
		e := must(k.Encrypt(ctx, &kms.EncryptInput{KeyId: m.KeyId, Plaintext: make([]byte, 446), EncryptionAlgorithm: types.EncryptionAlgorithmSpecRsaesOaepSha256}))
		must(k.Decrypt(ctx, &kms.DecryptInput{KeyId: m.KeyId, CiphertextBlob: e.CiphertextBlob, EncryptionAlgorithm: types.EncryptionAlgorithmSpecRsaesOaepSha256}))
	}},
}
