// Certificates for servers on this machine, made in memory: X.509 (RFC 5280) in DER, signed by their own key on P-256.

/** A certificate and its key, as `Deno.listenTls` takes them. */
export interface Certificate {
  /** The certificate, PEM. Who is to trust the server is given it. */
  readonly cert: string;
  readonly key: string;
}

export interface CertificateOptions {
  readonly names?: readonly string[];
  readonly addresses?: readonly string[];
  /** From when it holds; absent: an hour ago. */
  readonly notBefore?: Date;
  /** Until when; absent: 30 days from now. */
  readonly notAfter?: Date;
}

const HOUR_MS = 3_600_000;
const ECDSA = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;

/** Object identifiers, encoded: ecdsa-with-SHA256, commonName, subjectAltName. */
const OID = {
  ecdsaWithSha256: [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02],
  commonName: [0x55, 0x04, 0x03],
  subjectAltName: [0x55, 0x1d, 0x11],
} as const;

/** Makes a certificate that is no authority: a client trusts it and nothing that it signs. */
export async function makeCertificate(
  {
    names = ["localhost"],
    addresses = ["127.0.0.1", "::1"],
    notBefore = hoursFromNow(-1),
    notAfter = hoursFromNow(30 * 24),
  }: CertificateOptions = {},
): Promise<Certificate> {
  const { privateKey, publicKey } = await crypto.subtle.generateKey(ECDSA, true, ["sign"]);
  const algorithm = sequence(tagged(0x06, OID.ecdsaWithSha256));
  const name = sequence(
    tagged(0x31, sequence(tagged(0x06, OID.commonName), tagged(0x0c, utf8("sockbench")))),
  );
  const alternatives = sequence(
    ...names.map((one) => tagged(0x82, utf8(one))),
    ...addresses.map((one) => tagged(0x87, addressBytes(one))),
  );
  const extension = sequence(tagged(0x06, OID.subjectAltName), tagged(0x04, alternatives));
  const content = sequence(
    tagged(0xa0, integer([2])),
    integer(crypto.getRandomValues(new Uint8Array(16))),
    algorithm,
    name,
    sequence(time(notBefore), time(notAfter)),
    name,
    [...new Uint8Array(await crypto.subtle.exportKey("spki", publicKey))],
    tagged(0xa3, sequence(extension)),
  );
  const signed = await crypto.subtle.sign(ECDSA, privateKey, new Uint8Array(content));
  const [r, s] = [new Uint8Array(signed, 0, 32), new Uint8Array(signed, 32)];
  const signature = sequence(integer(r), integer(s));
  const cert = sequence(content, algorithm, tagged(0x03, [0, ...signature]));
  const key = new Uint8Array(await crypto.subtle.exportKey("pkcs8", privateKey));
  return { cert: pem("CERTIFICATE", cert), key: pem("PRIVATE KEY", key) };
}

let made: Promise<Certificate> | undefined;

/** One for all listeners of a thread: to make it takes a millisecond. */
export function ownCertificate(): Promise<Certificate> {
  return made ??= makeCertificate();
}

/** Why handshakes fail, by what rustls and OpenSSL write of it. */
const FAILURES: readonly (readonly [said: RegExp, sentence: string])[] = [
  [
    /NotValidYet|not valid yet/i,
    "the server's certificate does not hold yet: are the clocks of both hosts right?",
  ],
  [/expired/i, "the server's certificate has expired: are the clocks of both hosts right?"],
  [/NotValidForName|not valid for|altnames/i, "the server's certificate is not for this address"],
  [
    /BadSignature|UnknownIssuer|self.signed|verify the first|unknown ?ca/i,
    "the server shows another certificate than the one it announced",
  ],
  [
    /no.?application.?protocol|any known protocol|alpn/i,
    "the two ends have no protocol in common (ALPN)",
  ],
  [
    /corrupt message|wrong version number|unexpected (message|eof)/i,
    "the other end does not speak TLS",
  ],
];

/** Why a handshake failed, by what was written of it; `undefined` for what is no known failure of one. */
export function handshakeFault(text: string): string | undefined {
  return FAILURES.find(([said]) => said.test(text))?.[1];
}

/** The error of a handshake that failed, in one sentence that names the cause. */
export function explainHandshake(transport: string, error: unknown): Error {
  const { message, code = "" } = error as Error & { readonly code?: string };
  const sentence = handshakeFault(`${message} ${code}`) ?? "the handshake failed";
  return new Error(`Cannot connect ${transport}: ${sentence} (${message})`, { cause: error });
}

function hoursFromNow(hours: number): Date {
  return new Date(new Date().getTime() + hours * HOUR_MS);
}

type Bytes = Iterable<number>;

/** A DER value: its tag, the length of its contents, and these. */
function tagged(tag: number, contents: Bytes): number[] {
  const bytes = [...contents];
  const { length } = bytes;
  if (length < 0x80) return [tag, length, ...bytes];
  return length < 0x100
    ? [tag, 0x81, length, ...bytes]
    : [tag, 0x82, length >> 8, length & 0xff, ...bytes];
}

function sequence(...values: readonly Bytes[]): number[] {
  return tagged(0x30, values.flatMap((value) => [...value]));
}

/** A positive integer: without needless zeros before it, with one where its first bit would make it negative. */
function integer(bytes: Bytes): number[] {
  const digits = [...bytes];
  while (digits.length > 1 && digits[0] === 0) digits.shift();
  return tagged(0x02, digits[0]! >= 0x80 ? [0, ...digits] : digits);
}

/** GeneralizedTime from 2050 on, UTCTime before, as RFC 5280 has it. */
function time(date: Date): number[] {
  const text = `${date.toISOString().replace(/[-:T]/g, "").slice(0, 14)}Z`;
  return date.getUTCFullYear() < 2050
    ? tagged(0x17, utf8(text.slice(2)))
    : tagged(0x18, utf8(text));
}

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

/** An address in network order: 4 bytes, or 16. */
function addressBytes(address: string): number[] {
  if (!address.includes(":")) return address.split(".").map(Number);
  const [head = [], tail = []] = address.split("::").map((part) =>
    part === "" ? [] : part.split(":")
  );
  const groups = [...head, ...Array(8 - head.length - tail.length).fill("0"), ...tail];
  return groups.flatMap((group) => [parseInt(group, 16) >> 8, parseInt(group, 16) & 0xff]);
}

function pem(label: string, bytes: Bytes): string {
  const text = btoa(String.fromCharCode(...bytes)).replace(/.{64}/g, "$&\n").trimEnd();
  return `-----BEGIN ${label}-----\n${text}\n-----END ${label}-----\n`;
}
