# Two stages: uv and the build stay in the first; the second has Python, the locked packages and the program.
FROM python:3.11-slim AS build
WORKDIR /build
# uv comes from the lock by its hash; its cache and its copy stay behind in this stage.
COPY pyproject.toml uv.lock README.md LICENSE ./
COPY scripts/bootstrap_uv.py scripts/
ENV UV_PROJECT_ENVIRONMENT=/opt/detector UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy
# The packages first: this layer changes only with the lock.
RUN python -m venv /opt/uv \
    && python scripts/bootstrap_uv.py --requirement > uv.requirement \
    && /opt/uv/bin/pip install --no-cache-dir --require-hashes -r uv.requirement \
    && /opt/uv/bin/uv sync --frozen --no-dev --extra model --extra notify --extra pictures --no-install-project --python /usr/local/bin/python
COPY detector detector
COPY config config
COPY models models
RUN /opt/uv/bin/uv sync --frozen --no-dev --extra model --extra notify --extra pictures --no-editable --python /usr/local/bin/python

FROM python:3.11-slim
RUN useradd --create-home --uid 10001 detector && install -d -o detector -g detector /data
COPY --from=build /opt/detector /opt/detector
ENV PATH=/opt/detector/bin:$PATH PYTHONUNBUFFERED=1 XDG_STATE_HOME=/data
# By number: where a cluster checks that it is not root, it cannot look a name up.
USER 10001
WORKDIR /data
VOLUME /data
EXPOSE 8090
# 503, and so an exception: no feed is listening, or the store does not take the state.
HEALTHCHECK --start-period=60s --timeout=10s \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8090/health', timeout=5)"]
ENTRYPOINT ["detector"]
CMD ["run"]
