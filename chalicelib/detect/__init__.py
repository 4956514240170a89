"""Find out when customers turn unhappier than usual. Pure functions, standard library only."""
