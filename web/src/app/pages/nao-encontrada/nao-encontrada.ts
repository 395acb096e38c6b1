import { Component } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { RouterLink } from '@angular/router';
import { TPipe } from '../../core/i18n/pipes';
import { Brand } from '../../shared/brand';

@Component({
  selector: 'la-nao-encontrada',
  imports: [RouterLink, MatButton, Brand, TPipe],
  template: `<main id="conteudo"><la-brand /><h1>{{ 'notFound.h1' | t }}</h1><p class="muted">{{ 'notFound.sub' | t }}</p><a matButton="filled" routerLink="/inicio">{{ 'notFound.home' | t }}</a></main>`,
  styles:
    'main{display:grid;justify-items:center;align-content:center;gap:14px;min-height:100dvh;padding:32px 20px;text-align:center}la-brand{margin-bottom:18px}a{margin-top:10px}',
})
export class NaoEncontrada {}
