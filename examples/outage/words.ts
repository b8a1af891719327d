// How things are called and coloured on the screen. A symbol and a word say all; colour only says it faster.
import type { DeliveryStats, DeliveryStatus } from 'chime-delivery';
import type { Colors, Formatter } from 'picocolors/types';
import type { Learnt, MessageRow } from './screen.ts';

const symbols: Record<DeliveryStatus, string> = {
  SENDING: '↑',
  PENDING: '○',
  SENT: '✓',
  FAILED: '✗',
  DENIED: '⊘',
  UNKNOWN: '?',
};

/** `✓ SENT`, without colour. */
export function statusWord(status: DeliveryStatus): string {
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

export function learntColor(learnt: Learnt | undefined, colors: Colors): Formatter {
  if (learnt === 'poll' || learnt === 'missing') return colors.yellow;
  return learnt === 'push' ? colors.cyan : colors.dim;
}

/** How the outcome was learnt, or how often it was asked for so far. At most 8 characters. */
export function learntWord({ learnt, asked }: MessageRow): string {
  if (learnt !== undefined) return learnt;
  if (asked === 0) return '';
  return asked > 9 ? 'asked 9+' : `asked ${asked}×`;
}

/** What was asked for; pages only where there were any. */
export function asked({ send, status, message, list }: DeliveryStats['requests']): string {
  return `${send} send, ${status} status, ${message} message${list === 0 ? '' : `, ${list} list`}`;
}

export function linkWord(link: 'up' | 'down'): string {
  return link === 'up' ? '▲ PUSH: websocket up' : '▼ POLLING: no websocket';
}

export function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)}s`;
}
