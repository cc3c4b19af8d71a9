#!/usr/bin/env node
// Committed, unlike dist, so that npm finds it when it links the command before the first build.
import '../dist/bin.js';
