# Builds the wheel and an environment that holds it and its locked requirements.
FROM python:3.11-slim-bookworm AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /build
RUN python -m venv /opt/weekline
COPY requirements.txt ./
RUN /opt/weekline/bin/pip install --require-hashes -r requirements.txt
COPY pyproject.toml README.md LICENSE ./
COPY app app
COPY templates templates
COPY static static
COPY migrations migrations
COPY seeds seeds
RUN pip wheel --no-deps --wheel-dir dist . && /opt/weekline/bin/pip install --no-deps dist/weekline-*.whl

FROM python:3.11-slim-bookworm
# a small font with Chinese letters, for charts as PNG
RUN apt-get update \
    && apt-get install --yes --no-install-recommends fonts-wqy-microhei \
    && rm -rf /var/lib/apt/lists/*
RUN groupadd --gid 10001 weekline \
    && useradd --uid 10001 --gid weekline --no-create-home --home-dir /data --shell /usr/sbin/nologin weekline \
    && install --directory --owner weekline --group weekline --mode 0750 /data
COPY --from=build /opt/weekline /opt/weekline
ENV PATH=/opt/weekline/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    LANG=C.UTF-8 \
    WEEKLINE_DATA_DIR=/data \
    WEEKLINE_HOST=0.0.0.0
USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s CMD ["weekline", "health"]
ENTRYPOINT ["weekline"]
CMD ["serve"]
