module consumer {
    requires dev.respite.http.exchange;
}
