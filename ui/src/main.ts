import { mount } from 'svelte';
import App from './App.svelte';
import { listen } from './changes';
import { refuseFiles } from './drop';
import './styles/tokens.css';
import './styles/base.css';
import './styles/parts.css';
import './styles/patient.css';
import './styles/pages.css';
import './styles/staff.css';
import './styles/setup.css';

refuseFiles();
void listen();
const target = document.getElementById('app');
if (target) mount(App, { target });
