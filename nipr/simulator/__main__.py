from nipr.simulator.cli import main

main()
