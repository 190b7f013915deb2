/// The tables of a ``RecordDatabase``, which documents them.
enum DatabaseSchema {
  /// "MAES": what tells a database of records from others.
  static let applicationID = 0x4D41_4553
  /// Rises when a program that knows only earlier ones would misread or spoil a database.
  static let version = 1

  static let sql = """
    CREATE TABLE runs (
      id INTEGER PRIMARY KEY,
      settings TEXT NOT NULL,
      engine TEXT NOT NULL,
      model TEXT NOT NULL,
      model_sha256 TEXT NOT NULL,
      head TEXT,
      head_sha256 TEXT,
      precision TEXT NOT NULL,
      started_at TEXT
    );

    CREATE TABLE tracks (
      id INTEGER PRIMARY KEY,
      path TEXT NOT NULL UNIQUE,
      status TEXT NOT NULL CHECK (status IN ('done', 'failed')),
      size INTEGER,
      modified_ns INTEGER,
      sha256 TEXT,
      run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
      duration REAL,
      sample_rate INTEGER,
      channels INTEGER,
      format TEXT,
      decoder TEXT,
      patch_count INTEGER,
      error_stage TEXT CHECK (error_stage IN ('open', 'decode', 'analyze')),
      error_code TEXT,
      error_message TEXT,
      tag_count INTEGER,
      embedding_count INTEGER,
      patch_row_count INTEGER,
      curve_patch_count INTEGER,
      curve_label_count INTEGER
    );
    CREATE INDEX tracks_of_run ON tracks (run_id);

    CREATE TABLE tags (
      track_id INTEGER NOT NULL REFERENCES tracks (id) ON DELETE CASCADE,
      rank INTEGER NOT NULL,
      label TEXT NOT NULL,
      activation REAL NOT NULL,
      PRIMARY KEY (track_id, rank)
    ) WITHOUT ROWID;
    CREATE INDEX tags_of_label ON tags (label, activation);

    CREATE TABLE embeddings (
      id INTEGER PRIMARY KEY,
      track_id INTEGER NOT NULL REFERENCES tracks (id) ON DELETE CASCADE,
      name TEXT NOT NULL,
      patch INTEGER NOT NULL,
      shape TEXT NOT NULL,
      vector BLOB,
      file TEXT,
      UNIQUE (track_id, name, patch)
    );

    CREATE TABLE patches (
      track_id INTEGER NOT NULL REFERENCES tracks (id) ON DELETE CASCADE,
      patch INTEGER NOT NULL,
      "start" REAL NOT NULL,
      "end" REAL NOT NULL,
      PRIMARY KEY (track_id, patch)
    ) WITHOUT ROWID;

    CREATE TABLE curves (
      track_id INTEGER NOT NULL REFERENCES tracks (id) ON DELETE CASCADE,
      rank INTEGER NOT NULL,
      label TEXT NOT NULL,
      activations BLOB NOT NULL,
      PRIMARY KEY (track_id, rank)
    ) WITHOUT ROWID;

    CREATE VIEW annotations AS
      SELECT tracks.path, tracks.status,
        (SELECT group_concat(label, ', ')
          FROM (SELECT label FROM tags WHERE track_id = tracks.id ORDER BY rank)) AS tags,
        tracks.duration, tracks.format, tracks.sample_rate, tracks.channels, tracks.patch_count,
        tracks.error_stage, tracks.error_code, tracks.error_message,
        runs.model, runs.head, runs.settings, runs.engine, runs.started_at,
        tracks.id AS track_id, tracks.run_id
      FROM tracks JOIN runs ON runs.id = tracks.run_id;

    PRAGMA application_id = \(applicationID);
    PRAGMA user_version = \(version);
    """
}
