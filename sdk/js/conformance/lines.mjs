import { createInterface } from 'node:readline';

/** Writes one JSON object as a line. */
export const writeLine = (object) => process.stdout.write(`${JSON.stringify(object)}\n`);

/** The error of a command for everything that is the driver's fault. */
export const driverError = (error) => ({ error: { code: 'DRIVER', message: String(error?.stack ?? error) } });

/** Introduces the driver, and runs each command as it comes until the input ends. */
export async function serveLines(driver, capabilities, run) {
  writeLine({ driver, protocol: 1, capabilities });
  for await (const line of createInterface({ input: process.stdin })) {
    if (line.trim() === '') continue;
    const { id, ...command } = JSON.parse(line);
    run(command, (outcome) => writeLine({ id, ...outcome }));
  }
}
