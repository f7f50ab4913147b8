# One image for web, workers and migrations; docker-compose.yml says which of them a container is.
FROM python:3.13-slim

ENV PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1
WORKDIR /app
COPY requirements.txt .
RUN python -m pip install --no-deps --require-hashes -r requirements.txt \
    && useradd --system --uid 10001 --home-dir /data shibiao \
    && install -d -o shibiao -g shibiao -m 0700 /data /keys
COPY ocr ocr
COPY service service
COPY workers workers
COPY templates templates
RUN python -m compileall -q ocr service workers

USER shibiao
ENV SHIBIAO_DATA_DIR=/data SHIBIAO_KEY_FILE=/keys/keys.json
VOLUME ["/data", "/keys"]
EXPOSE 8000
CMD ["gunicorn", "--bind", "0.0.0.0:8000", "--workers", "2", "--threads", "4", "--timeout", "120", "service:create_app()"]
