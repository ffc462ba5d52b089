/* How the share of people still in a stage falls with time. */

import type { Sojourn } from "../model/document";
import { hue } from "../model/stageHue";
import { survivalShape } from "../model/survival";

export interface SurvivalProps {
  readonly sojourn: Sojourn;
  readonly index: number;
  readonly label: string;
  readonly width?: number;
  readonly height?: number;
}

export function Survival({ sojourn, index, label, width = 64, height = 34 }: SurvivalProps) {
  const shape = survivalShape(sojourn, width - 2, height - 3);
  return (
    <svg className={`sj-survival sj-hue-${hue(index)}`} width={width} height={height} role="img" aria-label={label}>
      <path d={`M.5 0V${height - 0.5}H${width}`} className="sj-axis" />
      {shape && (
        <g transform="translate(1 1)">
          <path d={shape.band} className="sj-survival-band" />
          <path d={`M0 ${shape.halfY}H${shape.median ? shape.median.x : width}`} className="sj-half" />
          {shape.median && <path d={`M${shape.median.x} ${shape.halfY}V${height - 2}`} className="sj-half" />}
          <path d={shape.line} className="sj-survival-line" />
        </g>
      )}
    </svg>
  );
}
