export { parse, serialize, traceFormat, traceVersion, type TraceDocument } from './document.ts';
export {
  traceEventKinds,
  type ChoiceEvent,
  type ScheduledEvent,
  type StepEvent,
  type TimeEvent,
  type TraceEvent,
  type TraceEventKind,
  type TurnEvent,
} from './event.ts';
export { TraceFormatError } from './reader.ts';
export { Recorder, type RecorderOptions } from './recorder.ts';
export { formatTrace, formatTraceEvent, formatTraceHeading, streamingColumns, type TraceColumns } from './text.ts';
