"""Whether choosing what to label pays: chosen labels against random ones, and what follows from it."""
