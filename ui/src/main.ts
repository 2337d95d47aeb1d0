import { mount } from 'svelte';
import App from './App.svelte';
import { listen } from './changes';
import { refuseFiles } from './drop';
import './styles/index.css';

refuseFiles();
void listen();
const target = document.getElementById('app');
if (target) mount(App, { target });
