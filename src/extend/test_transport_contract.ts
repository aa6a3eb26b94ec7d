// deno-lint-ignore-file no-sync-fn-in-async-fn
/**
 * The contract that every transport keeps, as tests for `deno test`.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { createSocketDirectory } from "../transport/socket_directory.ts";
import { type OpenOptions, type Transport, transportId } from "../transport/transport.ts";
import { testDatagrams, testEcho } from "./datagram_contract.ts";
import { testStream } from "./stream_contract.ts";
import { testTurns } from "./turns_contract.ts";

/** What {@linkcode testTransportContract} may be told. */
export interface ContractOptions {
  /** Runs each test: for a transport whose ends close, or hear of it, after `close()` has returned, to wait for that. Absent: it is just run. */
  readonly around?: (test: () => Promise<void>) => Promise<void>;
}

/**
 * Registers the tests of the contract for a transport: to be awaited at the top of a test file. Where the transport is not available here,
 * one ignored test names the reason.
 *
 * Echo of 1 byte to the largest message, partial reads and writes, half-close, close under a pending read, boundaries, too large a
 * message, and nothing left behind.
 *
 * @param transport one of your own, or any other
 * @param options for a transport whose closing is over later than `close()`
 */
export async function testTransportContract(
  transport: Transport,
  { around = (test) => test() }: ContractOptions = {},
): Promise<void> {
  const id = transportId(transport);
  await using probed = await createSocketDirectory();
  const availability = await transport.probe({ directory: probed.path });
  if (!availability.available) {
    const name = `${id} keeps the contract (ignored: ${availability.reason})`;
    Deno.test({ name, ignore: true, fn() {} });
    return;
  }
  const test = (name: string, fn: (options: OpenOptions) => Promise<void>) =>
    Deno.test(`${id} ${name}`, async () => {
      const directory = await createSocketDirectory();
      await around(() => fn({ directory: directory.path }));
      assertEquals([...Deno.readDirSync(directory.path)], [], "a socket file was left behind");
      await directory[Symbol.asyncDispose]();
    });
  if (transport.mode === "stream" && transport.inTurn) testTurns(transport, test);
  else if (transport.mode === "stream") {
    testStream(transport, test, availability.largestMessageBytes ?? Infinity);
  } else if (transport.answeredBy === "kernel") testEcho(transport, availability, test);
  else testDatagrams(transport, availability, test);
}
