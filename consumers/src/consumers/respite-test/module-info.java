module consumer {
    requires dev.respite.test;
}
