// writeHtml: a Document as one page that opens from disk; what a reader looks up is folded.

import type { Document, Heading } from "../document/document.ts";
import { plainInline } from "../document/format_inline.ts";
import { describePlacement, namePlacement, placementKey } from "../document/format_key.ts";
import { divideIntoParts, type Part, type WriterOptions } from "../document/writer.ts";
import { Anchors, type FindPart, type Html, inlineHtml, markup } from "./html/html_text.ts";
import { foldedPart, openPart, type Part as PagePart, renderPage } from "./html/page.ts";
import { oneLine } from "../../text/one_line.ts";
import { blocksHtml, noticeHtml, type PageContext } from "./html/blocks_html.ts";

interface NamedPart extends Part {
  readonly heading: Heading;
  readonly id: string;
}

export function writeHtml(document: Document, options: WriterOptions = {}): string {
  const { title, facts, notice, answer, blocks } = document;
  const anchors = new Anchors();
  const parts = nameParts(divideIntoParts(blocks), anchors);
  const findPart: FindPart = ({ to, placement }) =>
    parts.find(({ heading }) =>
      heading.anchor === to &&
      (placement === undefined || heading.placement === undefined ||
        placementKey({ placement }) === placementKey({ placement: heading.placement }))
    )?.id;
  const context: PageContext = { anchors, findPart, draw: options.draw };
  const contents = parts.map((part) => partHtml(part, context));
  return renderPage({
    title: [title, ...facts.slice(0, 1)].map((text) => oneLine(plainInline(text))).join(" · "),
    heading: inlineHtml(title, findPart),
    subtitle: [...facts.map((fact) => inlineHtml(fact, findPart)), ...placementFacts(parts)],
    notice: notice === undefined ? undefined : noticeHtml(notice.lead, notice.sentences, findPart),
    answer: answer === undefined
      ? undefined
      : markup`<p class="answer"><strong>In short:</strong> ${inlineHtml(answer, findPart)}</p>
`,
    contents,
    pictureStyle: options.pictureStyle,
    body: contents.map(({ content }) => content),
  });
}

/** Parts of every Document take their ids first, so that no scenario's name gets between one of them and its anchor. */
function nameParts(parts: readonly Part[], anchors: Anchors): readonly NamedPart[] {
  const ids = new Map<Part, string>();
  const take = (isWanted: (heading: Heading) => boolean) => {
    for (const part of parts) {
      if (part.heading !== undefined && isWanted(part.heading)) {
        ids.set(part, anchors.take(part.heading.anchor));
      }
    }
  };
  take(({ role }) => role !== "scenario");
  take(({ role }) => role === "scenario");
  return parts.flatMap((part): NamedPart[] => {
    const id = ids.get(part);
    return part.heading === undefined || id === undefined
      ? []
      : [{ ...part, heading: part.heading, id }];
  });
}

function partHtml({ heading, blocks, id }: NamedPart, context: PageContext): PagePart {
  const title = oneLine(plainInline(heading.text));
  const content = blocksHtml(blocks, id, context);
  if (heading.folded === true) return foldedPart(id, title, content);
  const placement = heading.placement === undefined ? undefined : namePlacement(heading.placement);
  return openPart(id, title, content, placement);
}

/** Where one placement holds for all figures, it stands on top as well. */
function placementFacts(parts: readonly NamedPart[]): readonly Html[] {
  const placements = parts.flatMap(({ heading }) => heading.placement ?? []);
  const all = [...new Set(placements.map(describePlacement))];
  return all.length === 1 ? [markup`<strong>Placement: ${all[0]}</strong>`] : [];
}
