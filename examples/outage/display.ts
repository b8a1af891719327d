// Writes the screen: as a live board on a terminal, as lines of changes without one.
import { createLogUpdate } from 'log-update';
import pc from 'picocolors';
import type { Colors } from 'picocolors/types';
import { drawBoard } from './board.ts';
import { changesBetween } from './log.ts';
import type { Screen } from './screen.ts';

export interface Display {
  readonly colors: Colors;
  update(screen: Screen): void;
  /** Keeps the last board, with these lines below it. */
  end(lines: readonly string[]): void;
}

export function createDisplay(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv): Display {
  const live = stream.isTTY && env['TERM'] !== 'dumb';
  return live ? liveDisplay(stream, pc.createColors(!env['NO_COLOR'])) : plainDisplay(stream, pc.createColors(false));
}

function liveDisplay(stream: NodeJS.WriteStream, colors: Colors): Display {
  const log = createLogUpdate(stream);
  return {
    colors,
    update: (screen) => log(drawBoard(screen, { columns: stream.columns, rows: stream.rows, colors }).join('\n')),
    end: (lines) => {
      log.done();
      stream.write(`\n${lines.join('\n')}\n`);
    },
  };
}

function plainDisplay(stream: NodeJS.WritableStream, colors: Colors): Display {
  let before: Screen | undefined;
  return {
    colors,
    update: (screen) => {
      for (const line of changesBetween(before, screen)) stream.write(`${line}\n`);
      before = screen;
    },
    end: (lines) => void stream.write(`\n${lines.join('\n')}\n`),
  };
}
