import { Component } from '@angular/core';
import { RouterOutlet } from '@angular/router';
import { Finder } from './finder/finder';

@Component({ selector: 'la-root', imports: [RouterOutlet, Finder], template: '<router-outlet /><la-finder />' })
export class App {}
