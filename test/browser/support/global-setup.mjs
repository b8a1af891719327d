// jest loads this file itself, without its transform: the TypeScript behind it goes through tsx.
import { tsImport } from 'tsx/esm/api';

export default async function setUp() {
  const { prepareRun } = await tsImport('./run.ts', import.meta.url);
  await prepareRun();
}
