export { formatColumns, type ColumnNote, type ColumnRow, type ColumnTable } from './columns.ts';
export { firstDifference, type TraceDifference } from './diff.ts';
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
export { checkSchedule, type Difference, type Hold, type Schedule, type Take } from './schedule.ts';
export { ScheduleFollower, type Divergence } from './schedule-follower.ts';
export { ScheduleRecorder, type ScheduleRecorderOptions } from './schedule-recorder.ts';
export { formatTrace, formatTraceEvent, formatTraceHeading, streamingColumns, type TraceColumns } from './text.ts';
export { decodeToken, encodeToken, TokenError, type DecodedToken } from './token.ts';
export { TapeFollower, TapeRecorder } from './tape.ts';
