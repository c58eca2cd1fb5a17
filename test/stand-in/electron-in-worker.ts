// Electron's modules do not exist in worker threads; neither do the stand-in's.
throw new Error("Cannot find module 'electron' in a worker thread");
