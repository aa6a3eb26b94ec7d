/** Every number in a sentence comes from the evidence: other evidence, other numbers. */

import { assert, assertEquals } from "@std/assert";
import type { CaseRequest, ClaimFigures } from "../../src/claim/claim_figures.ts";
import type { Claim, ClaimFact, ClaimFacts, Decision } from "../../src/claim/claim.ts";
import { claims } from "../../src/claim/registry.ts";
import { claimsCommand } from "../../src/cli/commands/claims.ts";
import { needs, program } from "../support/needs.ts";
import { LIBC, NAMESPACES } from "./controls/control.ts";
import { withLab } from "./lab.ts";

/** A number that is no part of a name, as in `tcp_retries2`, `IPv4`, `RFC 9293` or `HTTP/1.1`. */
const NUMBER = /(?<![\w./-]|RFC )\d[\d,]*(?:\.\d+)?(?![\w]|\.\d)/g;
/** The confidence of the rule of three. */
const STANDARD: ReadonlySet<string> = new Set(["95"]);
/** The second evidence's factor, and that of a third which lacks some of the cells: what counts them counts others. */
const OTHER = 17;
const FEWER = 19;

/** Figures of which every number is another with another `factor`. */
function figuresBy(factor: number): ClaimFigures {
  const of = (...parts: readonly unknown[]) => {
    let hash = 7;
    for (const character of JSON.stringify(parts)) {
      hash = (hash * 31 + character.charCodeAt(0)) % 9_973;
    }
    return factor * (100 + hash);
  };
  const isMissing = (...requests: readonly CaseRequest[]) =>
    factor === FEWER &&
    requests.some(({ scenario, transport, params }) =>
      scenario === "round-trip"
        ? params.bytes === 64 && transport.startsWith("u")
        : /^(?:unix|http)/.test(transport)
    );
  const figure = (request: CaseRequest, metric: string) => {
    if (isMissing(request)) return undefined;
    const value = /Share$/.test(metric) ? 5 / factor : of(request, metric);
    return { value, low: value * 0.97, high: value * 1.03, unit: "ns", n: factor };
  };
  const trial = (request: CaseRequest) => ({
    tally: {
      sentMessages: Math.round(of(request, "sent")),
      receivedMessages: Math.round(of(request, "sent")),
    },
    values: { wholeReadShare: 1 },
  });
  const ratio = (first: CaseRequest, base: CaseRequest, metric: string) => {
    if (isMissing(first, base)) return undefined;
    // By the factor itself: what a name hashes to may differ in digits that no sentence shows.
    const size = 1.1 + factor / 50 + of(first, base, metric) / 1e6;
    const draw = of(first, base, metric) / factor + factor;
    const ratio = draw % 4 < 2 ? 1 / size : size;
    const pValue = draw % 7 < 2 ? 0.5 : 1e-4;
    return {
      ratio,
      low: ratio * 0.99,
      high: ratio * 1.01,
      confidence: 0.95,
      n: factor,
      difference: "better",
      pValue,
      warnings: [],
    };
  };
  return {
    figure,
    ratio,
    jointRatio: (pairs: readonly (readonly [CaseRequest, CaseRequest])[], metric: string) => {
      const [first] = pairs[0]!;
      // A question of which some sizes were measured has an answer: whole questions have to be missing.
      if (factor === FEWER && first.transport.startsWith("unixpacket")) return undefined;
      const [own, base] = pairs.find((pair) => !isMissing(...pair)) ?? pairs[0]!;
      return ratio(own, base, metric);
    },
    trials: (request: CaseRequest) => isMissing(request) ? [] : [trial(request)],
    errors: () => [],
    counter: (request: CaseRequest, name: string) => Math.round(of(request, name) * 1e3),
    atBothEnds: (request: CaseRequest, names: readonly string[]) => of(request, names) / 100,
    operations: (request: CaseRequest) => Math.round(of(request, "operations")),
    placement: () => "peer process",
    congestion: () => "cubic",
    skip: (request: CaseRequest) => isMissing(request) ? "it was left out" : undefined,
  } as unknown as ClaimFigures;
}

/** Another number: equal ones stay equal, and their ratios change. */
const another = (number: number) =>
  number === 0 ? 0 : 3 * number + 7 + Math.floor(number ** 2 / 1e6);

/** The same facts with every number another one: those that must agree with each other still do. */
function change(fact: ClaimFact): ClaimFact {
  if (typeof fact === "number") return another(fact);
  if (typeof fact === "string") {
    return fact.replace(
      /(?<![\w.-])\d+(?![\w.]|\.\d)/g,
      (digits) => String(another(Number(digits))),
    );
  }
  // Of a list of numbers the length is one as well.
  if (Array.isArray(fact)) {
    const isList = fact.length > 4 && fact.every((one) => typeof one === "number");
    return (isList ? fact.slice(0, -1) : fact).map(change);
  }
  if (typeof fact === "object" && fact !== null) {
    return Object.fromEntries(Object.entries(fact).map(([name, value]) => [name, change(value)]));
  }
  return fact;
}

const textOf = ({ answer, seen }: Decision) => [answer, ...seen];

/** Numbers that stand in the claim's own declaration: of its sentence, its method, its rule and its cells. */
function declaredBy({ cases = [], method, sentence, rule }: Claim): ReadonlySet<string> {
  const cells = cases.map(({ params }) => JSON.stringify(params));
  return new Set(
    [method, sentence, ...Object.values(rule), ...cells]
      .flatMap((text) => text.replaceAll(",", "").match(/\d+(?:\.\d+)?/g) ?? []),
  );
}

/** Facts made by hand, in the place of GiB that are moved. */
const MOVED: ClaimFacts = {
  moved: [{
    transport: "tcp",
    bytes: 7e9,
    offered: 7e9,
    seconds: 2.5,
    lost: 0,
    reordered: 0,
    duplicated: 0,
    corrupt: 0,
    resent: 17,
  }],
};

function compareNumbers(claim: Claim, facts: ClaimFacts | undefined): void {
  const decide = (factor: number, own: ClaimFacts | undefined) =>
    claim.decide({ figures: figuresBy(factor), ...(own !== undefined && { facts: own }) });
  const before = textOf(decide(11, facts));
  const other = facts === undefined ? undefined : change(facts as ClaimFact) as ClaimFacts;
  const declared = declaredBy(claim);
  // What is no number stays as it was: by that a sentence is found again.
  const skeletonOf = (text: string) =>
    text.replace(/holds in part|does not hold|holds|is undecided/g, "?").replace(NUMBER, "#");
  const numbersOf = (text: string) => text.match(NUMBER) ?? [];
  const again = [OTHER, FEWER].map((factor) =>
    new Map(textOf(decide(factor, other)).map((text) => [skeletonOf(text), numbersOf(text)]))
  );
  const kept = before.flatMap((text) => {
    const others = again.flatMap((texts) => {
      const numbers = texts.get(skeletonOf(text));
      return numbers === undefined ? [] : [numbers];
    });
    const same = numbersOf(text).filter((number, index) =>
      others.length > 0 && others.every((numbers) => numbers[index] === number) &&
      Number(number.replaceAll(",", "")) !== 0 &&
      !declared.has(number.replaceAll(",", "")) && !STANDARD.has(number)
    );
    return same.length === 0 ? [] : [`${same.join(" ")} in: ${text}`];
  });
  assertEquals(kept, []);
  assert(before.some((text) => again[0]!.has(skeletonOf(text))), "no sentence was compared");
}

const nameOf = ({ number }: Claim) =>
  `every number in the sentences of claim ${number} comes from its evidence`;
const experimentOf = async ({ experiment }: Claim) =>
  experiment && await withLab((lab) => experiment(lab));

const isOfEthernet = ({ id }: Claim) => id === "loopback-hides-slow-start";
const isSideBySide = (claim: Claim) => claim.waits === true && !isOfEthernet(claim);

for (const claim of claims.filter((one) => !isSideBySide(one))) {
  Deno.test({
    ...needs(nameOf(claim), LIBC, ...(isOfEthernet(claim) ? [NAMESPACES, program("ip")] : [])),
    async fn() {
      const isMoving = claim.id === "streams-lose-nothing";
      compareNumbers(claim, isMoving ? MOVED : await experimentOf(claim));
    },
  });
}

Deno.test({
  ...needs("every number in the sentences of claims that wait comes from their evidence", LIBC),
  async fn(t) {
    // Side by side, as in a run of claims: each mostly waits for timers of the kernel.
    const making = claims.filter(isSideBySide).map((claim) =>
      [claim, experimentOf(claim)] as const
    );
    await Promise.allSettled(making.map(([, facts]) => facts));
    for (const [claim, facts] of making) {
      await t.step(nameOf(claim), async () => compareNumbers(claim, await facts));
    }
  },
});

Deno.test("the summary of sockbench claims counts the claims that there are", () => {
  assertEquals(claimsCommand.summary.match(/\d+/)?.[0], String(claims.length));
});
