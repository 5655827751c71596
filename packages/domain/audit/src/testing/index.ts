export { RecordingTrail } from './recording-trail';
