"""Parquet, spreadsheets and process logs in XML."""
