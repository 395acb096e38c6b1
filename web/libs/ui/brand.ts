import { Component } from '@angular/core';

@Component({
  selector: 'la-brand',
  template: '<img src="icon.svg" alt="" width="30" height="30">Lastro',
  styles: ':host{display:flex;align-items:center;gap:10px;font-weight:700;font-size:1.1875rem;letter-spacing:-.025em}img{display:block}',
})
export class Brand {}
