import type { BatchOffsets, RunEvent } from '../../local/run/run-event';
import { counted } from './counted';

/** An event of a run as a person reads it; undefined for one that only machines care about. */
export function textOf(event: RunEvent): string | undefined {
  switch (event.type) {
    case 'produced':
      return `${counted(event.records, 'record')} written to the topic ${event.topic}`;
    case 'started':
      return `${event.mapping}: ${event.topic} to ${event.function}, as the consumer group ${event.consumerGroup}`;
    case 'delivered': {
      const again = event.retries === 0 ? '' : `, retry ${event.retries}`;
      return `  ${event.poller}  ▶ ${counted(event.records, 'record')}${again}  ${offsetsText(event.offsets)}`;
    }
    case 'answered': {
      const time = `${Math.round(event.durationMs)} ms`;
      const outcome = event.result === 'response' ? 'answered' : `${event.result}: ${firstLine(event.error)}`;
      return `  ${event.poller}  ◀ ${outcome}, ${time}${event.again === 0 ? '' : `, ${event.again} come again`}`;
    }
    case 'complaint':
      return `  ${event.mapping}: ${event.kind === 'error' ? 'ERROR' : 'warning'}: ${event.text}`;
    case 'discarded': {
      const where = event.delivered ? 'given up, for the on-failure destination' : 'LOST';
      return `  ${event.mapping}: ${counted(event.records, 'record')} ${where} (${event.condition}): ${firstLine(event.reason)}`;
    }
    case 'blocked':
      return `  ${event.mapping}: BLOCKED at ${offsetsText(event.offsets)} (${counted(event.records, 'record')}): ${firstLine(event.reason)}`;
    case 'document':
      return `  for the ${event.destination.kind} destination (${event.reason}): ${JSON.stringify(event.document)}`;
    case 'worker-ended':
      return `  ${event.worker} ended: ${event.result}`;
    case 'fault':
      return `  fault: ${event.fault}`;
    case 'output':
      return `  ${event.worker} | ${event.line}`;
    case 'note':
      return event.text;
    case 'ended':
      return undefined;
  }
}

const SHOWN_PARTITIONS = 4;

function offsetsText(offsets: BatchOffsets): string {
  const texts = Object.entries(offsets).map(
    ([partition, [first, last]]) => `${partition}@${first === last ? first : `${first}-${last}`}`,
  );
  const more = texts.length - SHOWN_PARTITIONS;
  return `${texts.slice(0, SHOWN_PARTITIONS).join(' ')}${more > 0 ? ` and ${more} more partitions` : ''}`;
}

const LONGEST = 200;

function firstLine(text = ''): string {
  const [line = ''] = text.split('\n');
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line;
}
