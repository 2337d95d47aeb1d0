import { mount } from 'svelte';
import App from './App.svelte';
import { mirrorArrows } from './arrows';
import { listen } from './changes';
import { refuseFiles } from './drop';
import './styles/index.css';

mirrorArrows();
refuseFiles();
void listen();
const target = document.getElementById('app');
if (target) mount(App, { target });
