import { mount } from 'svelte';
import App from './App.svelte';
import './styles/tokens.css';
import './styles/base.css';
import './styles/parts.css';
import './styles/patient.css';
import './styles/pages.css';
import './styles/staff.css';

const target = document.getElementById('app');
if (target) mount(App, { target });
