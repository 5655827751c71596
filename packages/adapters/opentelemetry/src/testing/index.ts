export { type OtlpReceiver, type ReceivedSpan, startOtlpReceiver } from './otlp-receiver';
