module consumer {
    requires dev.respite.kotlin;
}
