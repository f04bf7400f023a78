module consumer {
    requires dev.respite.cli;
}
