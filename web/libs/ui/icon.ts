import { Component, DOCUMENT, ElementRef, effect, inject, input } from '@angular/core';
import {
  ArrowDownLeft,
  ArrowLeft,
  ArrowRight,
  ArrowUpRight,
  Building2,
  Check,
  ChevronsUpDown,
  CircleAlert,
  CircleCheck,
  CircleDashed,
  CircleX,
  ClipboardPaste,
  Clock,
  Copy,
  Download,
  Eye,
  EyeOff,
  FlaskConical,
  House,
  type IconNode,
  Languages,
  Lock,
  LogOut,
  Moon,
  Printer,
  QrCode,
  ReceiptText,
  Scale,
  Search,
  Send,
  Share2,
  ShieldCheck,
  StickyNote,
  Sun,
  SunMoon,
  TrendingDown,
  TrendingUp,
  TriangleAlert,
  Undo2,
  UserRound,
  UsersRound,
  WifiOff,
  X,
} from 'lucide';

const ICONS = {
  in: ArrowDownLeft,
  out: ArrowUpRight,
  back: ArrowLeft,
  next: ArrowRight,
  check: Check,
  info: CircleAlert,
  ok: CircleCheck,
  dashed: CircleDashed,
  no: CircleX,
  paste: ClipboardPaste,
  clock: Clock,
  copy: Copy,
  eye: Eye,
  eyeOff: EyeOff,
  flask: FlaskConical,
  home: House,
  lang: Languages,
  lock: Lock,
  logout: LogOut,
  moon: Moon,
  print: Printer,
  qr: QrCode,
  statement: ReceiptText,
  scale: Scale,
  search: Search,
  send: Send,
  note: StickyNote,
  share: Share2,
  receive: QrCode,
  download: Download,
  shield: ShieldCheck,
  sun: Sun,
  system: SunMoon,
  up: TrendingUp,
  down: TrendingDown,
  warn: TriangleAlert,
  undo: Undo2,
  offline: WifiOff,
  close: X,
  company: Building2,
  person: UserRound,
  team: UsersRound,
  switch: ChevronsUpDown,
} satisfies Record<string, IconNode>;
export type IconName = keyof typeof ICONS;
export const ICON_NAMES = Object.keys(ICONS) as IconName[];

/** Decorative by design: the text beside it, or the button's aria-label, gives the name. */
@Component({
  selector: 'la-icon',
  template: '',
  host: { 'aria-hidden': 'true' },
  styles: ':host{display:inline-flex;flex:none;width:1.25em;height:1.25em}',
})
export class Icon {
  readonly name = input.required<IconName>();
  constructor() {
    const el = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
    const doc = inject(DOCUMENT);
    const ns = 'http://www.w3.org/2000/svg';
    const make = (tag: string, attrs: Record<string, unknown>): SVGElement => {
      const n = doc.createElementNS(ns, tag) as SVGElement;
      for (const [k, v] of Object.entries(attrs)) n.setAttribute(k, String(v));
      return n;
    };
    const frame = { viewBox: '0 0 24 24', width: '100%', height: '100%', fill: 'none', stroke: 'currentColor' };
    const pen = { 'stroke-width': '2', 'stroke-linecap': 'round', 'stroke-linejoin': 'round' };
    effect(() => {
      const svg = make('svg', { ...frame, ...pen });
      for (const [tag, attrs] of ICONS[this.name()]) svg.append(make(tag, attrs));
      el.replaceChildren(svg);
    });
  }
}
