module consumer {
    requires dev.respite.admission;
}
