/** Every transport, and the in-memory ones of the tests, keeps the same contract. */

import { transports } from "../../src/transport/registry.ts";
import { memoryDatagram, memoryStream } from "../support/memory_transport.ts";
import { openDescriptors, untilClosed } from "../support/open_descriptors.ts";
import { untilAllAreClosed } from "../support/open_quic.ts";
import { testTransportContract } from "../../src/extend/test_transport_contract.ts";

for (const transport of [...transports, memoryStream(), memoryDatagram()]) {
  const isQuic = transport.name.startsWith("quic");
  await testTransportContract(transport, {
    // Over HTTP and QUIC the other end has still to hear of what was closed: the leak sanitizer does not wait for it.
    async around(test) {
      const before = openDescriptors();
      await test();
      if (isQuic) await untilAllAreClosed();
      await untilClosed(before);
    },
  });
}
