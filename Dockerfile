# The product's image: web, worker and beat run from it, each with its own command (docker-compose.yml).
FROM python:3.11-slim-bookworm AS build
WORKDIR /app
RUN pip install --no-cache-dir uv
COPY pyproject.toml requirements.lock ./
# What runs, at the versions that were tested: the lock constrains, pyproject.toml chooses.
RUN uv venv /venv && uv pip install --python /venv/bin/python --no-cache -r pyproject.toml --constraint requirements.lock

FROM python:3.11-slim-bookworm
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 AGENTSYNC_VAR=/var/lib/agentsync
RUN useradd --system --uid 10001 --home-dir /var/lib/agentsync --create-home agentsync
WORKDIR /app
COPY --from=build /venv /venv
COPY . .
# Static files are gathered into the image, under keys that are thrown away with this one command.
RUN key=$(python -c "import base64, os; print(base64.b64encode(os.urandom(32)).decode())") \
    && AGENTSYNC_ENV=production AGENTSYNC_VAR=/tmp/build PUBLIC_URL=https://build.invalid SECRET_KEY=$key$key \
       FIELD_KEYS=k1:$key HASH_KEY=$key python manage.py collectstatic --no-input --verbosity 0 \
    && rm -rf /tmp/build
USER agentsync
EXPOSE 8000
CMD ["gunicorn", "--config", "python:agentsync.gunicorn_conf", "--bind", "0.0.0.0:8000"]
