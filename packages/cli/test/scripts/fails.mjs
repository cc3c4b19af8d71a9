setTimeout(() => console.log('still runs'), 20_000);
setTimeout(() => {
  throw new Error('thrown in a timer');
}, 10_000);
if (process.argv[2] === 'handled') process.on('uncaughtException', (error) => console.log(`caught: ${error.message}`));
