# The exchange without a database: set EXCHANGE_DATABASE_URL, as compose.yaml does. Two stages, so that pip's traces stay behind;
# an own user; nothing of the image is written to at run time.

FROM python:3.13-slim AS build
# --build-arg LOCK=requirements-pdf.lock makes an image that sets certificates as PDF as well; it is 100 MB larger.
ARG LOCK=requirements.lock
COPY requirements.lock requirements-pdf.lock /
# Every file is checked against the lock's hashes, and the lock is complete, so nothing has to be resolved.
RUN python -m venv /opt/venv \
 && /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check --no-deps --require-hashes -r /$LOCK \
 && /opt/venv/bin/pip uninstall --yes pip

FROM python:3.13-slim
RUN useradd --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin exchange \
 && install --directory --owner exchange --group exchange --mode 0700 /var/lib/carbon-exchange
COPY --from=build /opt/venv /opt/venv
WORKDIR /app
COPY LICENSE alembic.ini ./
COPY migrations ./migrations
COPY exchange ./exchange
RUN /opt/venv/bin/python -m compileall -q exchange migrations
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    EXCHANGE_DATA_DIR=/var/lib/carbon-exchange \
    EXCHANGE_HOST=0.0.0.0 \
    EXCHANGE_PORT=8000
USER 10001:10001
EXPOSE 8000
VOLUME /var/lib/carbon-exchange
HEALTHCHECK --interval=10s --timeout=3s --start-period=120s --retries=3 \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/ready', timeout=2).close()"]
ENTRYPOINT ["python", "-m", "exchange"]
CMD ["serve"]
