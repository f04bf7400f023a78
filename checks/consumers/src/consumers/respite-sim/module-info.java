module consumer {
    requires dev.respite.sim;
}
