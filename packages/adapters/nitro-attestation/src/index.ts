export {
  type AttestationRefusalReason,
  type AttestationSettings,
  NitroAttestedRecipients,
} from './nitro-attested-recipients';
