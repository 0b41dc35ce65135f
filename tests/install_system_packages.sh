#!/bin/sh
# The tests of pages and documents need a browser, LibreOffice and, for the PDF standards, Java. Where this machine
# is Debian and we are root they are installed; elsewhere the tests that need them are named as left out.
set -eu
missing=""
office=/usr/lib/libreoffice/program
command -v chromium >/dev/null 2>&1 || missing="$missing chromium"
[ -e "$office/libsclo.so" ] || missing="$missing libreoffice-calc"
[ -e "$office/libswlo.so" ] || missing="$missing libreoffice-writer"
[ -e "$office/libsdlo.so" ] || missing="$missing libreoffice-impress"
command -v javac >/dev/null 2>&1 || missing="$missing default-jdk-headless"
[ -e /usr/share/java/jaxb-runtime.jar ] || missing="$missing libjaxb-java"
[ -z "$missing" ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing for the tests:$missing"
    { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing; } \
        >/tmp/osservatorio-test-packages.log 2>&1 || { tail -5 /tmp/osservatorio-test-packages.log; exit 1; }
else
    echo "Not installed here, so the tests that need them are left out:$missing"
fi
