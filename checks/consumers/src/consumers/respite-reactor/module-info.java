module consumer {
    requires dev.respite.reactor;
}
