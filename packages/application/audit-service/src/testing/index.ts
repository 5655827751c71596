export { ManualTimers, settled } from './manual-timers';
export { ScriptedWriter } from './scripted-writer';
export { testSeal } from './test-seal';
