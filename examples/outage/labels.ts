// The labels and colours of the screen. Symbol and word carry the meaning; colour only repeats it.
import type { DeliveryStats, DeliveryStatus } from 'chime-delivery';
import type { Colors, Formatter } from 'picocolors/types';
import type { OutcomeSource, MessageRow } from './screen.ts';

const symbols: Record<DeliveryStatus, string> = {
  SENDING: '↑',
  PENDING: '○',
  SENT: '✓',
  FAILED: '✗',
  DENIED: '⊘',
  UNKNOWN: '?',
};

/** `✓ SENT`, without colour. */
export function statusLabel(status: DeliveryStatus): string {
  return `${symbols[status]} ${status}`;
}

export function statusColor(status: DeliveryStatus, colors: Colors): Formatter {
  const byStatus: Record<DeliveryStatus, Formatter> = {
    SENDING: colors.dim,
    PENDING: colors.yellow,
    SENT: colors.green,
    FAILED: colors.red,
    DENIED: colors.magenta,
    UNKNOWN: colors.inverse,
  };
  return byStatus[status];
}

export function sourceColor(source: OutcomeSource | undefined, colors: Colors): Formatter {
  if (source === 'poll' || source === 'missing') return colors.yellow;
  return source === 'push' ? colors.cyan : colors.dim;
}

/** The source of the outcome, or the number of polls so far. At most 8 characters. */
export function sourceLabel({ source, polls }: MessageRow): string {
  if (source !== undefined) return source;
  if (polls === 0) return '';
  return polls > 9 ? '9+ polls' : `${polls} poll${polls === 1 ? '' : 's'}`;
}

/** The requests by operation; `list` only when there were any. */
export function requestCounts({ send, status, message, list }: DeliveryStats['requests']): string {
  return `${send} send, ${status} status, ${message} message${list === 0 ? '' : `, ${list} list`}`;
}

export function linkLabel(link: 'up' | 'down'): string {
  return link === 'up' ? '▲ PUSH: websocket up' : '▼ POLLING: websocket down';
}

export function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)}s`;
}
