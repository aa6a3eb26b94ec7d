/** Every transport, and the in-memory ones of the tests, keeps the same contract. */

import { transports } from "../../src/transport/registry.ts";
import { memoryDatagram, memoryStream } from "../support/memory_transport.ts";
import { testTransportContract } from "../../src/extend/test_transport_contract.ts";
import { untilHeard } from "../support/until_heard.ts";

for (const transport of [...transports, memoryStream(), memoryDatagram()]) {
  await testTransportContract(transport, { around: (test) => untilHeard(transport.name, test) });
}
